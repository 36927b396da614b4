/**
 * One sign-in in Firefox, by WebDriver BiDi: a list, a refusal, a reload, a sign-out. tests/browser/test_firefox.py starts it.
 *
 * It is in this folder because puppeteer-core is. Playwright's Firefox is Playwright's own build, which no package has.
 * Settings, from the environment: SITE_URL, without a trailing slash; FIREFOX, the program. Standard output: a JSON object
 * {steps: {name: [address, text of the page]}, complaints: [console output and exceptions of the site's pages]}.
 */

import puppeteer from "puppeteer-core";

const { SITE_URL, FIREFOX } = process.env;
const TIMEOUT_MILLISECONDS = 60_000;

const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT_MILLISECONDS);
  const steps = {};
  const complaints = [];
  const hear = (text) => {
    if (text.includes(SITE_URL)) complaints.push(text);
  };
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && hear(message.text()));
  page.on("pageerror", (error) => hear(`${error.message} ${error.stack}`));

  const press = (name) => page.locator(`button::-p-text(${name})`).click();
  const choose = (name) => page.locator(`nav a::-p-text(${name})`).click();

  async function reads(step, text) {
    await page.locator(`::-p-text(${text})`).wait();
    steps[step] = await page.evaluate("[location.href, document.body.innerText]");
  }

  await page.goto(`${SITE_URL}/movies?sort=-year#list`);
  await press("Open with Google");
  await press("Ada Lovelace");
  await reads("refusal", "Closed to you");
  await choose("Devices");
  await reads("list", "14 devices, and that is all");
  await page.reload();
  await reads("reload", "14 devices, and that is all");
  await press("Sign out");
  await reads("sign-out", "You are signed out");
  await page.reload();
  await reads("reload after the sign-out", "Open with Google");
  process.stdout.write(JSON.stringify({ steps, complaints }));
} finally {
  await browser.close();
}
