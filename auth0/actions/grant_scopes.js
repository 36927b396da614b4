// Post-login Action: the connection that a user signed in with decides the scopes of the access token.
//
// When the Action is deployed, access.yaml comes before this code, as the constant ACCESS.
// https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
exports.onExecutePostLogin = async (event, api) => {
  // The Action runs at every sign-in of the tenant, so let sign-ins for other APIs and applications pass unchanged.
  // The site's application names our API in its metadata; another application could have the same name.
  const forOurApi = event.resource_server?.identifier === ACCESS.audience;
  const atOurSite = event.client?.metadata?.gatehouse_audience === ACCESS.audience;
  if (!forOurApi && !atOurSite) return;

  // Compare the strategy, not the name: whoever may add a connection may call it "amazon", but `sub` starts with the
  // strategy. hasOwn, because every object has `connections["constructor"]`.
  const strategy = event.connection?.strategy;
  if (!Object.hasOwn(ACCESS.connections, strategy)) {
    // A new application gets every connection of the tenant, even one with passwords and sign-up.
    const accepted = Object.values(ACCESS.connections).map((connection) => connection.display_name);
    api.access.deny(`This way of signing in is not accepted here. Sign in with ${accepted.join(" or ")}.`);
    return;
  }
  if (!forOurApi) return;

  // An application receives every scope that it requests, and an Action cannot replace the list. So remove or add each
  // known scope, requested or not; a refresh has no `requested_scopes`. With role-based access control, Auth0 has
  // already removed the scopes that the user's roles do not permit; adding one would restore it.
  const allowed = new Set(ACCESS.connections[strategy].scopes);
  for (const scope of Object.keys(ACCESS.scopes)) {
    if (!allowed.has(scope)) api.accessToken.removeScope(scope);
    else if (!ACCESS.role_based_access_control) api.accessToken.addScope(scope);
  }
};
