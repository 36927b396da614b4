/**
 * Runs Lighthouse on the site, signed out and signed in, as a phone and as a desktop, in one Chromium that Puppeteer drives.
 *
 * The site is measured at http://localhost, which is the same site as the local tenant's address. So the tenant's cookie is not
 * a third-party cookie, as with a custom domain at Auth0.
 *
 * Settings, from the environment: SITE_URL, at localhost and without a trailing slash; EDGE_URL, which serves the site under its
 * own host; CHROMIUM, the program; CHROMIUM_FLAGS; REPORTS, a folder for the full reports. Standard output: a JSON list of
 * measurements, each {visitor, device, slowdown, scores: {category: 0..100}, bytes, requests, shift, paint, text,
 * failed: [audit: why]}. slowdown: the factor by which Lighthouse slows this machine's processor down. bytes: of bodies. paint
 * and text: milliseconds until the largest paint, and until the first heading on a weak network.
 */

import { writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { join } from "node:path";
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const { SITE_URL, EDGE_URL, CHROMIUM, CHROMIUM_FLAGS = "", REPORTS } = process.env;
const DEVICES = { mobile: undefined, desktop: desktopConfig };
const WEAK_NETWORK = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }; // ms, bytes a second
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** A factor of 4 turns a machine with this BenchmarkIndex, a fast desktop, into a usual phone (Lighthouse, docs/throttling.md). */
const FAST_INDEX = 1750;
const FAST_SLOWDOWN = 4;

const edge = serveAtLocalhost();
const browser = await puppeteer.launch({
  executablePath: CHROMIUM,
  args: CHROMIUM_FLAGS.split(" ").filter(Boolean),
  headless: true,
});
try {
  const measurements = [];
  const phoneSlowdown = await calibrate();
  for (const visitor of ["signed out", "signed in"]) {
    if (visitor === "signed in") await signIn();
    for (const device of Object.keys(DEVICES)) measurements.push(await measure(visitor, device, phoneSlowdown));
  }
  process.stdout.write(JSON.stringify(measurements));
} finally {
  await browser.close();
  edge.close();
}

/** Forward each request to the edge unchanged, with the host that the edge knows. */
function serveAtLocalhost() {
  const { port, host } = new URL(EDGE_URL);
  const forward = (asked, answered) => {
    const headers = { ...asked.headers, host };
    const options = { hostname: "127.0.0.1", port, method: asked.method, path: asked.url, headers };
    const sent = request(options, (answer) => {
      answered.writeHead(answer.statusCode, answer.headers);
      answer.pipe(answered);
    });
    sent.on("error", () => answered.destroy());
    asked.pipe(sent);
  };
  return createServer(forward).listen(Number(new URL(SITE_URL).port));
}

/** Sign in with Google as the first person on the local tenant's page. */
async function signIn() {
  const page = await browser.newPage();
  await page.goto(SITE_URL);
  await page.locator("::-p-text(Google)").filter((node) => node.closest("button") !== null).click();
  await page.locator("button::-p-text(Ada Lovelace)").click();
  await page.locator("::-p-text(Sign out)").wait();
  await page.close();
}

/** Return the factor that turns this machine, as it is now, into a usual phone: a slower one needs a smaller factor. */
async function calibrate() {
  const { lhr } = await lighthouse(`${SITE_URL}/`, { port: debuggingPort(), onlyAudits: ["document-title"] });
  return Math.min(FAST_SLOWDOWN, Math.max(1, (FAST_SLOWDOWN * lhr.environment.benchmarkIndex) / FAST_INDEX));
}

function debuggingPort() {
  return Number(new URL(browser.wsEndpoint()).port);
}

async function measure(visitor, device, phoneSlowdown) {
  const flags = {
    port: debuggingPort(),
    ...(device === "mobile" && { throttling: { cpuSlowdownMultiplier: phoneSlowdown } }),
    output: "html",
    onlyCategories: CATEGORIES,
    disableStorageReset: visitor === "signed in", // the session is in the browser's storage
  };
  const { lhr, report } = await lighthouse(`${SITE_URL}/`, flags, DEVICES[device]);
  await writeFile(join(REPORTS, `${visitor.replace(" ", "-")}-${device}.html`), report);
  if (lhr.runtimeError) throw new Error(`${visitor}, ${device}: ${lhr.runtimeError.message}`);
  const requests = lhr.audits["network-requests"].details.items.filter(
    ({ url, transferSize }) => url.startsWith(SITE_URL) && transferSize > 0, // 0: the cache answered
  );
  return {
    visitor,
    device,
    slowdown: lhr.configSettings.throttling.cpuSlowdownMultiplier,
    scores: Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)])),
    bytes: await weigh(),
    requests: requests.length,
    shift: lhr.audits["cumulative-layout-shift"].numericValue,
    paint: lhr.audits["largest-contentful-paint"].numericValue,
    text: await waitForText({ isKnown: visitor === "signed in" }),
    failed: failures(lhr),
  };
}

/**
 * The bytes of the bodies that one load of the page gets from the site with an empty cache, compressed as in transit.
 * Lighthouse adds the headers: here HTTP/1.1 sends them in full; CloudFront sends references to them with HTTP/2.
 */
async function weigh() {
  const page = await browser.newPage();
  await page.setCacheEnabled(false);
  await page.goto(SITE_URL, { waitUntil: "networkidle0" });
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter(({ name }) => name.startsWith(location.origin))
      .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0),
  );
  await page.close();
  return bytes;
}

/**
 * The milliseconds until the page has its heading, on a weak network.
 *
 * `isKnown`: whether the browser has the site's files, as it does after a sign-in.
 */
async function waitForText({ isKnown }) {
  const page = await browser.newPage();
  await page.setCacheEnabled(isKnown);
  const protocol = await page.createCDPSession();
  await protocol.send("Network.enable");
  await protocol.send("Network.emulateNetworkConditions", WEAK_NETWORK);
  await page.evaluateOnNewDocument(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("main article h1")) return;
      observer.disconnect();
      globalThis.textAt = Date.now();
    }).observe(document, { childList: true, subtree: true });
  });
  const started = Date.now();
  await page.goto(SITE_URL);
  let textAt;
  while (!textAt) {
    // If the page leaves for the tenant, the evaluation fails. (`waitForFunction` needs eval, which the site forbids.)
    textAt = await page.evaluate(() => globalThis.textAt).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await page.close();
  return textAt - started;
}

/** The audits that keep a score below 100: those with weight in their category that did not pass. */
function failures(lhr) {
  return CATEGORIES.flatMap((name) =>
    lhr.categories[name].auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
      .map(({ id }) => `${name}: ${lhr.audits[id].title} ${lhr.audits[id].displayValue ?? ""}`.trim()),
  );
}
