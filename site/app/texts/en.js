/**
 * Every text of the site in English. Each language is one such file: see docs/site.md.
 *
 * A text with a variable part is a function. `n` is a number, already with its plural form; names and reasons are foreign text.
 * Texts of the deployment (titles of APIs, descriptions of scopes) are looked up in `deployment`, by the English.
 *
 * @typedef {import("../trouble.js").Facts} Facts
 * @typedef {{title: string, happened: (facts: Facts) => string, todo?: (facts: Facts) => string}} Sentences
 * @typedef {typeof troubles} Troubles
 */

/**
 * @template {string} Cause
 * @param {Record<Cause, Sentences>} sentences
 */
const byCause = (sentences) => sentences;

/** Failures: for each, a title, a line on what happened, and a line on what to do. */
const troubles = byCause({
  offline: {
    title: "No connection",
    happened: () => "This device has no connection to the network.",
    todo: () => "Check your network, then try again. You stay signed in.",
  },
  portal: {
    title: "This network asks for something first",
    happened: () => "A page of the network answered instead of the service, as in hotels and trains.",
    todo: () => "Open any other website, do what the network asks, then try again here.",
  },
  site_slow: {
    title: "The site is slow to start",
    happened: () => "Its settings have not arrived within ten seconds.",
    todo: () => "Try again; on a weak network it may take a moment.",
  },
  site_unreachable: {
    title: "The site cannot be reached",
    happened: () => "The page is here, but its settings could not be fetched.",
    todo: () => "Check your network, then try again.",
  },
  config: {
    title: "Something is missing",
    happened: () => "The site is not set up as it should be, so it cannot start.",
    todo: ({ reason }) => `Tell the owners of this site: ${reason}`,
  },
  part_missing: {
    title: "A part of the site did not load",
    happened: () => "The network broke off, or the site was renewed while this page was open.",
    todo: () => "Load the page again.",
  },
  defect: {
    title: "This page has a fault",
    happened: () => "Something unexpected went wrong. It is not your fault.",
    todo: () => "Load the page again. If it stays like this, tell the owners of this site.",
  },
  storage_blocked: {
    title: "Your browser blocks signing in",
    happened: () => "To sign in, this site keeps a note in your browser. Yours blocks that, or has no room left.",
    todo: () => "Allow cookies and site data for this site, or free some space, then try again.",
  },
  tenant_down: {
    title: "Sign-in is not available",
    happened: () => "The sign-in service does not answer as it should. Nothing is lost.",
    todo: () => "Try again in a moment.",
  },
  tenant_slow: {
    title: "Sign-in is not available",
    happened: () => "The sign-in service takes too long to answer. Nothing is lost.",
    todo: () => "Try again in a moment.",
  },
  tenant_busy: {
    title: "Sign-in is not available",
    happened: () => "The sign-in service has too much to do at the moment. Nothing is lost.",
    todo: () => "Try again in a minute.",
  },
  restore_stuck: {
    title: "You are not signed in yet",
    happened: () => "This page asked the sign-in service several times who you are, and got no complete answer.",
    todo: () => "Try again, and let the page load completely.",
  },
  session_ended: {
    title: "Your session has ended",
    happened: () => "The sign-in that this page had has expired.",
    todo: () => "Sign in again to go on where you are.",
  },
  session_over: {
    title: "You are signed out",
    happened: () => "Your last sign-in has ended.",
  },
  signed_out: {
    title: "You are signed out",
    happened: () => "This site and the sign-in service have ended your session.",
  },
  signed_out_elsewhere: {
    title: "You are signed out",
    happened: () => "You signed out in another tab.",
  },
  signed_in_elsewhere: {
    title: "You signed in, in another tab",
    happened: () => "This tab can go on with the same sign-in.",
  },
  sign_out_unfinished: {
    title: "You are signed out here, not everywhere",
    happened: () => "This page has forgotten you, but the sign-in service did not answer and may still know you.",
    todo: () => "On a shared computer, finish signing out before you leave.",
  },
  other_person: {
    title: "Somebody else has signed in",
    happened: ({ name }) => `Another tab of this browser has signed in another person. This tab was for ${name}.`,
    todo: () => "Go on as the new person, or sign out.",
  },
  other_person_now: {
    title: "Another person is signed in now",
    happened: ({ name }) => `This tab was another person's. It is now signed in as ${name}.`,
  },
  answer_elsewhere: {
    title: "This sign-in was started elsewhere",
    happened: () =>
      "The address holds the answer to a sign-in of another tab or browser, or an answer that was used already.",
    todo: () => "Sign in from here.",
  },
  answer_not_yours: {
    title: "This sign-in is not yours",
    happened: () => "The answer does not belong to a sign-in that was started here, so it was thrown away.",
    todo: () => "Sign in from here.",
  },
  cancelled: {
    title: "Sign-in was cancelled",
    happened: () => "You stopped half-way. Nothing has changed.",
  },
  denied: {
    title: "The sign-in service refused you",
    happened: ({ reason }) => `It says: “${reason}”`,
    todo: () => "Sign in with another account, or ask the owners of this site.",
  },
  incomplete: {
    title: "Sign-in did not complete",
    happened: ({ code }) => `The sign-in service and this site did not agree (${code}).`,
    todo: () => "Try again. If it stays like this, tell the owners of this site.",
  },
  clock: {
    title: "The times do not match",
    happened: () => "The sign-in seems to come from another time.",
    todo: () => "Check the date and time of this device, then try again.",
  },
  clock_device: {
    title: "The clock of this device is wrong",
    happened: ({ name }) => `It differs from the right time by ${name}, so sign-ins look expired.`,
    todo: () => "Set the date and time of this device, then try again.",
  },
  clock_tenant: {
    title: "The sign-in service has the wrong time",
    happened: () => "Its clock is wrong, so nobody accepts what it issues. Your device is fine.",
    todo: () => "Tell the owners of this site, and try again later.",
  },
  refused: {
    title: "Your sign-in is not accepted",
    happened: () => "The service refuses your sign-in, even after it was renewed. Your access may have been withdrawn.",
    todo: () => "Ask the owners of this site, or sign in with another account.",
  },
  forbidden: {
    title: "Closed to you",
    happened: ({ reason }) => reason ?? "Your sign-in does not open this.",
  },
  forbidden_elsewhere: {
    title: "Stopped on the way",
    happened: () =>
      "Something between you and the service refused the request, such as a firewall or a rule of your network.",
    todo: () => "Your sign-in is not the reason. Try another network, or tell the owners of this site.",
  },
  not_found: {
    title: "There is nothing here",
    happened: ({ reason }) => reason ?? "There is nothing at this address, or it is gone.",
  },
  rate_limited: {
    title: "Too many requests",
    happened: () => "The service asks for a pause.",
  },
  api_slow: {
    title: "The service is too slow",
    happened: () => "It has not answered within 30 seconds.",
    todo: () => "Try again in a moment.",
  },
  api_unreachable: {
    title: "The service cannot be reached",
    happened: () => "Your device has a network, but the service did not answer, or the answer broke off.",
    todo: () => "Try again in a moment.",
  },
  api_failed: {
    title: "The service has a problem",
    happened: ({ reason, status }) => reason ?? `The service answered with status ${status}.`,
    todo: () => "Try again in a moment. With the request id, the owners of this site can look it up.",
  },
  api_refused: {
    title: "That did not work",
    happened: ({ reason, status }) => reason ?? `The service answered with status ${status}.`,
  },
  malformed: {
    title: "The answer is unreadable",
    happened: () => "The service answered in a form that this page cannot show.",
    todo: () => "Try again. If it stays like this, tell the owners of this site.",
  },
});

export const en = {
  direction: "ltr",
  /** @type {Record<string, string>} */
  deployment: {},
  troubles,

  skip: "Skip to the content",
  footer: "Gatehouse: one gate before every API. What you may see depends on how you signed in.",
  language: "Language",
  menu: "Main",
  accessToken: "Access token",
  closedToYou: " (closed to you)",
  signOut: "Sign out",
  signIn: "Sign in",
  signInAgain: "Sign in again",
  signInWith: (/** @type {string} */ provider) => `Sign in with ${provider}`,
  finishSignOut: "Finish signing out",
  otherAccount: "Use another account",
  goOn: "Go on",
  goOnSignedOut: "Go on without signing in",
  tryAgain: "Try again",
  loadAgain: "Load the page again",
  backToStart: "Back to the start",
  opening: "Opening …",
  restoring: "Looking up your sign-in …",
  welcomeBack: "Welcome back",
  leaving: "Going to the sign-in service …",
  signingOut: "Signing you out …",
  takesLonger: "This takes longer than usual. Still trying.",
  waits: (/** @type {string} */ duration) => `Trying again by itself in ${duration}.`,

  headline: (/** @type {string} */ subjects) => `Sign in to see ${subjects}`,
  lead: "Each door is an API of its own. The provider you sign in with decides which one opens; you can come back for another.",
  askedTitle: (/** @type {string} */ subject) => `Sign in to see ${subject}`,
  askedLead: "You will come back to this page.",
  openWith: (/** @type {string} */ provider) => `Open with ${provider}`,
  noConnection: "No provider opens this yet.",
  problemTitle: "Signing in",

  welcome: "Welcome, {}",
  welcomeNobody: "Welcome",
  signedInWith: (/** @type {string} */ provider) => `You are signed in with ${provider}.`,
  yourSession: "Your session",
  since: "Since",
  until: "Until",
  renewsItself: "renews itself while this page is open",
  noRenewal: "cannot be renewed; you sign in again after that",
  allows: "It lets you",
  allowsNothing: "nothing here yet",
  next: "Where to next",
  opensFor: (/** @type {string} */ providers) => `Opens to people who sign in with ${providers}`,
  show: (/** @type {string} */ subject) => `Show ${subject}`,

  remedy: (/** @type {string} */ providers, /** @type {string} */ subject) =>
    `Sign in with ${providers} to see ${subject}.`,
  remedySame: (/** @type {string} */ subject) => `Your provider should open it. Sign in again to see ${subject}.`,
  noRemedy: "No sign-in opens it yet.",

  loading: (/** @type {string} */ subject) => `Loading ${subject}`,
  loadingMore: "Loading …",
  loadMore: "Load more",
  search: (/** @type {string} */ subject) => `Search ${subject}`,
  sort: "Sort by",
  sortAsIs: "Sort: as listed",
  ascending: (/** @type {string} */ column) => `${column}, ascending`,
  descending: (/** @type {string} */ column) => `${column}, descending`,
  none: (/** @type {string} */ subject) => `There are no ${subject} yet.`,
  noneYet: "When there is something, it will be listed here.",
  soFar: {
    one: "1 entry so far",
    other: (/** @type {string} */ n, /** @type {string} */ subject) => `${n} ${subject} so far`,
  },
  all: {
    one: "1 entry, and that is all",
    other: (/** @type {string} */ n, /** @type {string} */ subject) => `${n} ${subject}, and that is all`,
  },
  matches: {
    one: (/** @type {string} */ _n, /** @type {string} */ total) => `1 of ${total} matches`,
    other: (/** @type {string} */ n, /** @type {string} */ total) => `${n} of ${total} match`,
  },
  matchesOfFirst: (/** @type {string} */ n, /** @type {string} */ total) =>
    `${n} of the first ${total} match; there are more`,
  noMatch: "Nothing matches.",
  clearSearch: "Clear the search",
  backToList: (/** @type {string} */ title) => `All ${title}`,
  yes: "yes",
  no: "no",

  requestBehind: "The request behind this",
  request: "Request",
  requestId: "Request id",
  status: "Status",
  time: "Time",
  milliseconds: (/** @type {string} */ n) => `${n} ms`,
  reasonCode: "Reason code",
  repeat: "To repeat it, with your access token in TOKEN",
  copy: "Copy",
  copied: "Copied.",
  copyFailed: "The browser did not let this page copy.",

  tokenLead:
    "This page sends it with each request. Only its readable part is shown: without the signature it opens nothing.",
  timeLeft: "Time left",
  timeUnknown: "It does not say",
  expired: "Expired",
  remaining: "Remaining lifetime",
  renew: "Renew now",
  renewing: "Renewing …",
  renewed: "The access token was renewed.",
  copyToken: "Copy the token",
  copyTokenHint: "Anyone who has it can do everything that you can, until it expires. Treat it like a password.",
  scopes: "Scopes",
  notGranted: (/** @type {string} */ description) => `${description}: not granted`,
  opens: (/** @type {string} */ apis) => `Opens ${apis}`,
  claims: "Claims",
  header: "Header",
  opaque: "Nothing to read here",
  opaqueSentence:
    "The tenant issued an opaque token, which it does when it is asked without an audience. The APIs will refuse it.",
  /** What the claims mean (RFC 7519 §4.1, OpenID Connect Core §2, RFC 8693 §4.2). @type {Record<string, string>} */
  claimMeanings: {
    iss: "who issued it",
    sub: "whose it is: connection, then user",
    aud: "which APIs it is for",
    azp: "which application asked for it",
    iat: "when it was issued",
    exp: "when it expires",
    nbf: "not valid before",
    scope: "what it grants",
    jti: "its own id",
    gty: "how it was obtained",
    alg: "how it is signed",
    kid: "with which key",
    typ: "what it is",
  },

  nothingHere: "There is nothing here",
  nothingHereLead: "This address leads nowhere. It may have been typed or linked wrongly.",
};
