// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sendFile } from "@/features/uploads/send";

/** As much of XMLHttpRequest as sending takes. */
class Exchange {
  static last: Exchange;
  upload = {};
  status = 0;
  responseText = "";
  onload: () => void = () => undefined;
  open = vi.fn();
  send = vi.fn();
  setRequestHeader = vi.fn();
  getResponseHeader = (name: string) => (name === "X-Request-ID" ? "request-1" : null);

  constructor() {
    Exchange.last = this;
  }

  answer(status: number, body: string): void {
    Object.assign(this, { status, responseText: body });
    this.onload();
  }
}

const sent = () =>
  sendFile({ file: new File(["x"], "a.jpg"), key: "key", token: "token" }, () => undefined).reply;

beforeEach(() => vi.stubGlobal("XMLHttpRequest", Exchange));
afterEach(() => vi.unstubAllGlobals());

test("the answer to an upload that was stored is its image", async () => {
  const reply = sent();
  Exchange.last.answer(202, '{"image": {"id": "image-1"}}');
  expect((await reply).image.id).toBe("image-1");
});

test.each(["<html>Welcome to the hotel</html>", "{}", "null", ""])(
  "a 200 that is no answer of the platform fails the upload: %j",
  async (body) => {
    const reply = sent();
    Exchange.last.answer(200, body);
    await expect(reply).rejects.toMatchObject({ status: 200, requestId: "request-1" });
  },
);
