import { Menu, UnstyledButton } from "@mantine/core";
import { ChevronsUpDown, LogOut, UserRound } from "lucide-react";
import { Link, useLocation } from "react-router";
import { useTranslations } from "use-intl";
import { signOut } from "@/api/session/sessionActions";
import { showProblem } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { LanguageItems } from "@/frame/LanguageItems";
import { ThemeItems } from "@/frame/ThemeItems";
import { useOverview } from "@/model/useOverview";
import classes from "./AccountMenu.module.css";
import { account, currentOf } from "./destinations";

/** Account, language, theme, sign-out. `wide` shows the name beside the initial. */
export function AccountMenu({ wide = false }: { wide?: boolean }) {
  const t = useTranslations();
  const { pathname } = useLocation();
  const user = useOverview().data?.user;
  const name = user?.name || user?.email || "";
  const initial = [...name][0]?.toUpperCase();
  const leave = (): void => {
    signOut().catch((error: unknown) => showProblem(t("shell.signOut"), error));
  };
  return (
    <Menu position={wide ? "top-start" : "bottom-end"} width={220}>
      <Menu.Target>
        <UnstyledButton
          className={classes.target}
          aria-current={currentOf(account, pathname)}
          data-wide={wide || undefined}
          aria-label={name ? `${name}, ${t("shell.menu")}` : t("shell.menu")}
        >
          {/* Drawn by the style sheet: the letter is a picture and not part of the button's name. */}
          <span className={classes.initial} data-initial={initial} aria-hidden>
            {!initial && <UserRound size={16} />}
          </span>
          {wide && (
            <>
              <UserText className={classes.name}>{name || t("nav.account")}</UserText>
              <ChevronsUpDown size={15} aria-hidden />
            </>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/account" leftSection={<UserRound size={16} />}>
          {t("nav.account")}
        </Menu.Item>
        <Menu.Divider />
        <LanguageItems />
        <Menu.Divider />
        <ThemeItems />
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} />} onClick={leave}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
