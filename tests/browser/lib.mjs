// Chromium as Debian has it, headless, with a profile of its own.
import { chromium } from "playwright-core";

export const openBrowser = async (args = []) => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium", headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...args],
  });
  return { browser, close: () => browser.close() };
};
