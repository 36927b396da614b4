// Post-login Action: the connection that a user signed in with decides the scopes of the access token.
//
// ACCESS is access.yaml, put in front of this file as one constant when the Action is deployed.
// https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger
exports.onExecutePostLogin = async (event, api) => {
  if (event.resource_server?.identifier !== ACCESS.audience) return;

  // The strategy, not the name: anyone who may add a connection may call it "amazon", and `sub` starts with the strategy.
  // hasOwn, because `connections["constructor"]` exists in every object.
  const strategy = event.connection?.strategy;
  const allowed = new Set(Object.hasOwn(ACCESS.connections, strategy) ? ACCESS.connections[strategy].scopes : []);

  // An application receives every scope it asks for unless someone takes it away, and an Action cannot replace the list. So
  // each known scope is removed or added, whatever was requested; on a refresh, `requested_scopes` is not even there to look
  // at. With role-based access control, Auth0 has already taken away what the user's roles do not permit; to add a scope
  // would give it back.
  for (const scope of Object.keys(ACCESS.scopes)) {
    if (!allowed.has(scope)) api.accessToken.removeScope(scope);
    else if (!ACCESS.role_based_access_control) api.accessToken.addScope(scope);
  }
};
