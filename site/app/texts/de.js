/** Every text of the site in German; en.js describes the form of such a file. */

/** @type {import("../language.js").Words} */
export const de = {
  direction: "ltr",
  deployment: {
    Movies: "Filme",
    Devices: "Geräte",
    "The films that the streaming service offers.": "Die Filme, die der Streamingdienst anbietet.",
    "The players and screens that the streaming service knows.":
      "Die Abspielgeräte und Bildschirme, die der Streamingdienst kennt.",
    "List the movies": "Filme auflisten",
    "List the devices": "Geräte auflisten",
    Title: "Titel",
    Year: "Jahr",
    Director: "Regie",
    Kind: "Art",
    Room: "Raum",
  },
  troubles: {
    offline: {
      title: "Keine Verbindung",
      happened: () => "Dieses Gerät hat keine Verbindung zum Netz.",
      todo: () => "Prüfen Sie Ihr Netz und versuchen Sie es noch einmal. Sie bleiben angemeldet.",
    },
    portal: {
      title: "Dieses Netz will erst etwas",
      happened: () => "Eine Seite des Netzes hat anstelle des Dienstes geantwortet, wie in Hotels und Zügen.",
      todo: () =>
        "Öffnen Sie eine beliebige andere Website, tun Sie, was das Netz verlangt, und versuchen Sie es dann hier.",
    },
    site_slow: {
      title: "Die Seite startet langsam",
      happened: () => "Ihre Einstellungen sind in zehn Sekunden nicht angekommen.",
      todo: () => "Versuchen Sie es noch einmal; in einem schwachen Netz kann es dauern.",
    },
    site_unreachable: {
      title: "Die Seite ist nicht erreichbar",
      happened: () => "Die Seite ist da, aber ihre Einstellungen waren nicht zu laden.",
      todo: () => "Prüfen Sie Ihr Netz und versuchen Sie es noch einmal.",
    },
    config: {
      title: "Etwas fehlt",
      happened: () => "Die Seite ist nicht richtig eingerichtet und kann nicht starten.",
      todo: ({ reason }) => `Sagen Sie es den Betreibern dieser Seite: ${reason}`,
    },
    part_missing: {
      title: "Ein Teil der Seite wurde nicht geladen",
      happened: () => "Das Netz brach ab, oder die Seite wurde erneuert, während sie offen war.",
      todo: () => "Laden Sie die Seite neu.",
    },
    defect: {
      title: "Diese Seite hat einen Fehler",
      happened: () => "Etwas ging schief, womit niemand gerechnet hat. Es liegt nicht an Ihnen.",
      todo: () => "Laden Sie die Seite neu. Wenn es so bleibt, sagen Sie es den Betreibern dieser Seite.",
    },
    storage_blocked: {
      title: "Ihr Browser verhindert das Anmelden",
      happened: () =>
        "Zum Anmelden legt diese Seite eine Notiz in Ihrem Browser ab. Ihrer verhindert das, oder es ist kein Platz mehr.",
      todo: () =>
        "Erlauben Sie Cookies und Websitedaten für diese Seite oder schaffen Sie Platz, und versuchen Sie es dann noch einmal.",
    },
    tenant_down: {
      title: "Anmelden ist nicht möglich",
      happened: () => "Der Anmeldedienst antwortet nicht, wie er soll. Es geht nichts verloren.",
      todo: () => "Versuchen Sie es gleich noch einmal.",
    },
    tenant_slow: {
      title: "Anmelden ist nicht möglich",
      happened: () => "Der Anmeldedienst braucht zu lange für eine Antwort. Es geht nichts verloren.",
      todo: () => "Versuchen Sie es gleich noch einmal.",
    },
    tenant_busy: {
      title: "Anmelden ist nicht möglich",
      happened: () => "Der Anmeldedienst hat gerade zu viel zu tun. Es geht nichts verloren.",
      todo: () => "Versuchen Sie es in einer Minute noch einmal.",
    },
    restore_stuck: {
      title: "Sie sind noch nicht angemeldet",
      happened: () =>
        "Diese Seite hat den Anmeldedienst mehrmals gefragt, wer Sie sind, und keine Antwort bis zum Ende bekommen.",
      todo: () => "Versuchen Sie es noch einmal und lassen Sie die Seite fertig laden.",
    },
    session_ended: {
      title: "Ihre Sitzung ist zu Ende",
      happened: () => "Die Anmeldung dieser Seite ist abgelaufen.",
      todo: () => "Melden Sie sich neu an, um hier weiterzumachen.",
    },
    session_over: { title: "Sie sind abgemeldet", happened: () => "Ihre letzte Anmeldung ist zu Ende." },
    signed_out: {
      title: "Sie sind abgemeldet",
      happened: () => "Diese Seite und der Anmeldedienst haben Ihre Sitzung beendet.",
    },
    signed_out_elsewhere: {
      title: "Sie sind abgemeldet",
      happened: () => "Sie haben sich in einem anderen Tab abgemeldet.",
    },
    signed_in_elsewhere: {
      title: "Sie haben sich in einem anderen Tab angemeldet",
      happened: () => "Dieser Tab kann mit derselben Anmeldung weitermachen.",
    },
    sign_out_unfinished: {
      title: "Sie sind hier abgemeldet, aber nicht überall",
      happened: () =>
        "Diese Seite hat Sie vergessen, aber der Anmeldedienst antwortet nicht und kennt Sie vielleicht noch.",
      todo: () => "Schließen Sie das Abmelden ab, bevor Sie einen gemeinsam genutzten Computer verlassen.",
    },
    other_person: {
      title: "Jemand anderes hat sich angemeldet",
      happened: ({ name }) =>
        `Ein anderer Tab dieses Browsers hat eine andere Person angemeldet. Dieser Tab gehörte ${name}.`,
      todo: () => "Machen Sie als die neue Person weiter, oder melden Sie sich ab.",
    },
    other_person_now: {
      title: "Sie sind jetzt jemand anderes",
      happened: ({ name }) => `Dieser Tab gehörte einer anderen Person. Jetzt ist ${name} angemeldet.`,
    },
    answer_elsewhere: {
      title: "Diese Anmeldung begann anderswo",
      happened: () =>
        "Die Adresse enthält die Antwort auf die Anmeldung eines anderen Tabs oder Browsers, oder eine schon benutzte.",
      todo: () => "Melden Sie sich von hier aus an.",
    },
    answer_not_yours: {
      title: "Diese Anmeldung ist nicht Ihre",
      happened: () => "Die Antwort gehört zu keiner Anmeldung, die hier begann, und wurde verworfen.",
      todo: () => "Melden Sie sich von hier aus an.",
    },
    cancelled: {
      title: "Das Anmelden wurde abgebrochen",
      happened: () => "Sie haben mittendrin aufgehört. Es hat sich nichts geändert.",
    },
    denied: {
      title: "Der Anmeldedienst lehnt Sie ab",
      happened: ({ reason }) => `Er sagt: „${reason}“`,
      todo: () => "Melden Sie sich mit einem anderen Konto an, oder fragen Sie die Betreiber dieser Seite.",
    },
    incomplete: {
      title: "Das Anmelden wurde nicht fertig",
      happened: ({ code }) => `Der Anmeldedienst und diese Seite wurden sich nicht einig (${code}).`,
      todo: () => "Versuchen Sie es noch einmal. Wenn es so bleibt, sagen Sie es den Betreibern dieser Seite.",
    },
    clock: {
      title: "Die Zeiten passen nicht",
      happened: () => "Die Anmeldung scheint aus einer anderen Zeit zu stammen.",
      todo: () => "Prüfen Sie Datum und Uhrzeit dieses Geräts und versuchen Sie es noch einmal.",
    },
    clock_device: {
      title: "Die Uhr dieses Geräts geht falsch",
      happened: ({ name }) => `Sie weicht um ${name} ab, sodass Anmeldungen abgelaufen wirken.`,
      todo: () => "Stellen Sie Datum und Uhrzeit dieses Geräts und versuchen Sie es noch einmal.",
    },
    clock_tenant: {
      title: "Die Uhr des Anmeldedienstes geht falsch",
      happened: () => "Deshalb nimmt niemand an, was er ausstellt. An Ihrem Gerät liegt es nicht.",
      todo: () => "Sagen Sie es den Betreibern dieser Seite, und versuchen Sie es später noch einmal.",
    },
    refused: {
      title: "Ihre Anmeldung wird nicht angenommen",
      happened: () => "Der Dienst lehnt Ihre Anmeldung ab, auch frisch erneuert. Vielleicht wurde Ihr Zugang entzogen.",
      todo: () => "Fragen Sie die Betreiber dieser Seite, oder melden Sie sich mit einem anderen Konto an.",
    },
    forbidden: {
      title: "Für Sie geschlossen",
      happened: ({ reason }) => reason ?? "Ihre Anmeldung öffnet das nicht.",
    },
    forbidden_elsewhere: {
      title: "Unterwegs aufgehalten",
      happened: () =>
        "Etwas zwischen Ihnen und dem Dienst hat die Anfrage abgelehnt: eine Firewall oder eine Regel Ihres Netzes.",
      todo: () =>
        "An Ihrer Anmeldung liegt es nicht. Versuchen Sie ein anderes Netz, oder sagen Sie es den Betreibern dieser Seite.",
    },
    not_found: {
      title: "Hier ist nichts",
      happened: ({ reason }) => reason ?? "Was diese Adresse nennt, gibt es nicht oder nicht mehr.",
    },
    rate_limited: { title: "Zu viele Anfragen", happened: () => "Der Dienst bittet um eine Pause." },
    api_slow: {
      title: "Der Dienst ist zu langsam",
      happened: () => "Er hat in 30 Sekunden nicht geantwortet.",
      todo: () => "Versuchen Sie es gleich noch einmal.",
    },
    api_unreachable: {
      title: "Der Dienst ist nicht erreichbar",
      happened: () => "Ihr Gerät hat ein Netz, aber der Dienst antwortete nicht, oder die Antwort brach ab.",
      todo: () => "Versuchen Sie es gleich noch einmal.",
    },
    api_failed: {
      title: "Der Dienst hat ein Problem",
      happened: ({ reason, status }) => reason ?? `Der Dienst antwortete mit Status ${status}.`,
      todo: () =>
        "Versuchen Sie es gleich noch einmal. Mit der Anfragenummer können die Betreiber dieser Seite nachsehen.",
    },
    api_refused: {
      title: "Das ging nicht",
      happened: ({ reason, status }) => reason ?? `Der Dienst antwortete mit Status ${status}.`,
    },
    malformed: {
      title: "Die Antwort ergibt keinen Sinn",
      happened: () => "Der Dienst hat geantwortet, aber nicht in der Form, die diese Seite zeigen kann.",
      todo: () => "Versuchen Sie es noch einmal. Wenn es so bleibt, sagen Sie es den Betreibern dieser Seite.",
    },
  },

  skip: "Zum Inhalt springen",
  footer: "Gatehouse: ein Tor vor jeder API. Was Sie sehen dürfen, hängt davon ab, wie Sie sich angemeldet haben.",
  language: "Sprache",
  menu: "Hauptmenü",
  accessToken: "Zugriffstoken",
  closedToYou: " (für Sie geschlossen)",
  signOut: "Abmelden",
  signIn: "Anmelden",
  signInAgain: "Neu anmelden",
  signInWith: (provider) => `Mit ${provider} anmelden`,
  finishSignOut: "Abmelden abschließen",
  otherAccount: "Anderes Konto verwenden",
  goOn: "Weitermachen",
  goOnSignedOut: "Ohne Anmeldung weiter",
  tryAgain: "Noch einmal versuchen",
  loadAgain: "Seite neu laden",
  backToStart: "Zurück zum Anfang",
  opening: "Wird geöffnet …",
  restoring: "Ihre Anmeldung wird gesucht …",
  welcomeBack: "Willkommen zurück",
  leaving: "Weiter zum Anmeldedienst …",
  signingOut: "Sie werden abgemeldet …",
  takesLonger: "Das dauert länger als sonst. Es wird weiter versucht.",
  waits: (duration) => `Neuer Versuch von selbst in ${duration}.`,

  headline: (subjects) => `Melden Sie sich an, um ${subjects} zu sehen`,
  lead: "Jede Tür ist eine eigene API. Welche sich öffnet, entscheidet der Anbieter, mit dem Sie sich anmelden; Sie können für die andere wiederkommen.",
  askedTitle: (subject) => `Melden Sie sich an, um ${subject} zu sehen`,
  askedLead: "Sie kommen auf diese Seite zurück.",
  openWith: (provider) => `Mit ${provider} öffnen`,
  noConnection: "Das öffnet noch kein Anbieter.",
  problemTitle: "Anmelden",

  welcome: "Willkommen, {}",
  welcomeNobody: "Willkommen",
  signedInWith: (provider) => `Sie sind mit ${provider} angemeldet.`,
  yourSession: "Ihre Sitzung",
  since: "Seit",
  until: "Bis",
  renewsItself: "erneuert sich, solange diese Seite offen ist",
  noRenewal: "lässt sich nicht erneuern; danach melden Sie sich neu an",
  allows: "Sie dürfen",
  allowsNothing: "hier noch nichts",
  next: "Wohin als Nächstes",
  opensFor: (providers) => `Öffnet sich, wenn man sich mit ${providers} anmeldet`,
  show: (subject) => `${subject} zeigen`,

  remedy: (providers, subject) => `Melden Sie sich mit ${providers} an, um ${subject} zu sehen.`,
  remedySame: (subject) => `Ihr Anbieter sollte es öffnen. Melden Sie sich neu an, um ${subject} zu sehen.`,
  noRemedy: "Noch öffnet es keine Anmeldung.",

  loading: (subject) => `${subject} werden geladen`,
  loadingMore: "Wird geladen …",
  loadMore: "Mehr laden",
  search: (subject) => `${subject} durchsuchen`,
  sort: "Sortieren nach",
  sortAsIs: "Sortierung: wie aufgelistet",
  ascending: (column) => `${column}, aufsteigend`,
  descending: (column) => `${column}, absteigend`,
  none: (subject) => `Es gibt noch keine ${subject}.`,
  noneYet: "Sobald es etwas gibt, steht es hier.",
  soFar: { one: "1 Eintrag bisher", other: (n, subject) => `${n} ${subject} bisher` },
  all: { one: "1 Eintrag, das ist alles", other: (n, subject) => `${n} ${subject}, das ist alles` },
  matches: { one: (_n, total) => `1 von ${total} passt`, other: (n, total) => `${n} von ${total} passen` },
  matchesOfFirst: (n, total) => `${n} der ersten ${total} passen; es gibt mehr`,
  noMatch: "Nichts passt.",
  clearSearch: "Suche leeren",
  backToList: (title) => `Alle ${title}`,
  yes: "ja",
  no: "nein",

  requestBehind: "Die Anfrage dahinter",
  request: "Anfrage",
  requestId: "Anfragenummer",
  status: "Status",
  time: "Dauer",
  milliseconds: (n) => `${n} ms`,
  reasonCode: "Grundcode",
  repeat: "Zum Wiederholen, mit Ihrem Zugriffstoken in TOKEN",
  copy: "Kopieren",
  copied: "Kopiert.",
  copyFailed: "Der Browser hat das Kopieren nicht erlaubt.",

  tokenLead:
    "Diese Seite schickt es mit jeder Anfrage. Gezeigt wird nur der lesbare Teil: ohne die Unterschrift öffnet es nichts.",
  timeLeft: "Restzeit",
  timeUnknown: "Es sagt es nicht",
  expired: "Abgelaufen",
  remaining: "Verbleibende Lebensdauer",
  renew: "Jetzt erneuern",
  renewing: "Wird erneuert …",
  renewed: "Das Zugriffstoken wurde erneuert.",
  copyToken: "Token kopieren",
  copyTokenHint: "Wer es hat, kann bis zu seinem Ende, was Sie können. Behandeln Sie es wie ein Passwort.",
  scopes: "Berechtigungen",
  notGranted: (description) => `${description}: nicht erteilt`,
  opens: (apis) => `Öffnet ${apis}`,
  claims: "Angaben",
  header: "Kopf",
  opaque: "Hier ist nichts zu lesen",
  opaqueSentence:
    "Der Anmeldedienst hat ein undurchsichtiges Token ausgestellt, wie wenn er ohne Zielgruppe gefragt wird. Die APIs werden es ablehnen.",
  claimMeanings: {
    iss: "wer es ausgestellt hat",
    sub: "wem es gehört: Verbindung, dann Person",
    aud: "für welche APIs es ist",
    azp: "welche Anwendung es verlangt hat",
    iat: "wann es ausgestellt wurde",
    exp: "wann es abläuft",
    nbf: "nicht gültig vor",
    scope: "was es erlaubt",
    jti: "seine eigene Nummer",
    gty: "wie man es bekam",
    alg: "wie es unterschrieben ist",
    kid: "mit welchem Schlüssel",
    typ: "was es ist",
  },

  nothingHere: "Hier ist nichts",
  nothingHereLead: "Diese Adresse führt nirgendwohin. Vielleicht ist sie falsch getippt oder verlinkt.",
};
