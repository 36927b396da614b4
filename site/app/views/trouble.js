/** The page if the site cannot find out who the visitor is, or cannot start. */

import { words } from "../language.js";
import { actionButton, button, linkButton, page, troublePanel } from "./page.js";

/** @import {Trouble} from "../trouble.js" */

/**
 * @param {import("../app.js").App} app
 * @param {Trouble} trouble
 * @returns {HTMLElement}
 */
export function troubleView(app, trouble) {
  return page({ title: words.problemTitle }, troublePanel(trouble, {}, ...waysOn(app, trouble)));
}

/**
 * @param {import("../app.js").App} app
 * @param {Trouble} trouble to show above a working view
 * @param {(() => Promise<unknown>) | null} retry
 * @returns {HTMLElement}
 */
export function noticeView(app, trouble, retry) {
  switch (trouble.kind) {
    case "sign_out_unfinished":
      return troublePanel(
        trouble,
        {},
        actionButton(words.finishSignOut, () => app.signOut(), { busy: words.signingOut }),
      );
    case "signed_in_elsewhere":
      return troublePanel(
        trouble,
        {},
        actionButton(words.goOn, () => app.restore(), { busy: words.restoring }),
      );
    case "denied":
      return troublePanel(trouble, {}, otherAccount(app));
    default:
      return troublePanel(trouble, { retry });
  }
}

/** @param {Trouble} trouble @returns {HTMLElement} for a site that has not started */
export function brokenView(trouble) {
  return page(
    { title: "Gatehouse" },
    troublePanel(
      trouble,
      {},
      button(words.tryAgain, () => location.reload()),
    ),
  );
}

/** @param {import("../app.js").App} app @param {Trouble} trouble @returns {HTMLElement[]} */
function waysOn(app, { kind }) {
  const back = linkButton(words.backToStart, "/");
  switch (kind) {
    case "denied":
      return [otherAccount(app), back];
    case "cancelled":
      return [actionButton(words.tryAgain, () => app.signIn({}), { busy: words.leaving }), back];
    case "part_missing":
    case "defect":
      return [button(words.loadAgain, () => location.reload())];
    case "other_person":
      return [
        actionButton(words.goOn, () => app.restore(), { busy: words.restoring }),
        actionButton(words.signOut, () => app.signOut(), { busy: words.signingOut, kind: "plain" }),
      ];
    default:
      return [
        actionButton(words.tryAgain, () => app.retry(), { busy: words.restoring }),
        button(words.goOnSignedOut, () => app.goOnSignedOut(), "plain"),
      ];
  }
}

/** @param {import("../app.js").App} app */
function otherAccount(app) {
  return actionButton(words.otherAccount, () => app.signIn({ prompt: "login" }), { busy: words.leaving });
}
