import { Menu } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { LanguageItems } from "./LanguageItems";
import { PreferencesButton } from "./PreferencesButton";
import { ThemeItems } from "./ThemeItems";

/** Takes the place of the button that fetched it, with the focus, and opens. */
export default function PreferencesDropdown(_: { onClose(): void }) {
  const [opened, setOpened] = useState(false);
  const target = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    target.current?.focus();
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" width={200} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <PreferencesButton ref={target} />
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItems />
        <Menu.Divider />
        <ThemeItems />
      </Menu.Dropdown>
    </Menu>
  );
}
