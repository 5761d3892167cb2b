// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { IntlProvider } from "use-intl";
import { afterEach, expect, test } from "vitest";
import type { Image } from "@/api/shapes";
import { IncompleteNotice } from "@/features/image/IncompleteNotice";
import ar from "@/i18n/ar.json";
import en from "@/i18n/en.json";

afterEach(cleanup);

function said(complete: boolean | null, messages: typeof en): string {
  const { container } = render(
    <IntlProvider locale="en" timeZone="UTC" messages={messages}>
      <IncompleteNotice image={{ complete } as Image} />
    </IntlProvider>,
  );
  return container.textContent;
}

test.each([en, ar])("that pixels are missing is said, with what to do about it", (messages) => {
  const words = said(false, messages as typeof en);
  expect(words).toContain(messages.image.incomplete);
  expect(words).toContain(messages.image.incompleteText);
});

test("nothing is said of a whole picture, or of one that nobody has looked at yet", () => {
  expect([said(true, en), said(null, en)]).toEqual(["", ""]);
});
