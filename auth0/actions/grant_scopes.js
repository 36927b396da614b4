// Post-login Action: the connection that a user signed in with decides the scopes of the access token.
//
// ACCESS is access.yaml, put in front of this file as one constant when the Action is deployed.
// https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
exports.onExecutePostLogin = async (event, api) => {
  // The Action runs at every sign-in of the tenant, so sign-ins for other APIs and at other applications pass unchanged.
  // The site's application names our API in its metadata; its name could be anybody's.
  const forOurApi = event.resource_server?.identifier === ACCESS.audience;
  const atOurSite = event.client?.metadata?.gatehouse_audience === ACCESS.audience;
  if (!forOurApi && !atOurSite) return;

  // Compare the strategy, not the name: anyone who may add a connection may call it "amazon", and `sub` starts with the
  // strategy. hasOwn, because `connections["constructor"]` exists in every object.
  const strategy = event.connection?.strategy;
  if (!Object.hasOwn(ACCESS.connections, strategy)) {
    // A new application gets every connection of the tenant, passwords with sign-up included.
    const accepted = Object.values(ACCESS.connections).map((connection) => connection.display_name);
    api.access.deny(`This way of signing in is not accepted here. Sign in with ${accepted.join(" or ")}.`);
    return;
  }
  if (!forOurApi) return;

  // An application receives every scope that it asks for, and an Action cannot replace the list. So remove or add each
  // known scope, whatever was requested; a refresh has no `requested_scopes` to look at. With role-based access control,
  // Auth0 has already removed the scopes that the user's roles do not permit; adding one would give it back.
  const allowed = new Set(ACCESS.connections[strategy].scopes);
  for (const scope of Object.keys(ACCESS.scopes)) {
    if (!allowed.has(scope)) api.accessToken.removeScope(scope);
    else if (!ACCESS.role_based_access_control) api.accessToken.addScope(scope);
  }
};
