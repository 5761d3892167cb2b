/**
 * What is shown when nothing else can be: no messages, no React, both languages. Loads the page again
 * when the network is back.
 */
const SENTENCES = [
  { lang: "en", dir: "ltr", text: "The page could not be loaded." },
  { lang: "ar", dir: "rtl", text: "تعذّر تحميل الصفحة." },
] as const;

export function showStartFailure(
  root: HTMLElement,
  reload = () => globalThis.location.reload(),
): void {
  const main = document.createElement("main");
  main.className = "start-failure";
  main.setAttribute("role", "alert");
  for (const { lang, dir, text } of SENTENCES) {
    const line = document.createElement("p");
    Object.assign(line, { lang, dir, textContent: text });
    main.append(line);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Reload / إعادة التحميل";
  button.addEventListener("click", reload);
  globalThis.addEventListener("online", reload, { once: true });
  main.append(button);
  root.replaceChildren(main);
}
