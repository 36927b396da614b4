"""CloudFront Functions: `cf.kvs()`, the key value store that is associated with a function.

ministack stores the items, but its functions have no module `cloudfront`. This one has `kvs(id).get(key)`,
`exists(key)` and `count()`, on the present items (Developer Guide, "Helper methods for key value stores").
"""

import json
import re
from collections.abc import Callable

from ministack.services import cloudfront, cloudfront_keyvaluestore

from local.aws.private_names import require, wrap

_IMPORT = re.compile(rb"""^\s*import\s+(\w+)\s+from\s+['"]cloudfront['"]\s*;?\s*$""", re.MULTILINE)

_MODULE = """const %(name)s = (() => {
  const stores = %(stores)s;
  const kvs = (id) => {
    const items = new Map(Object.entries(id === undefined ? Object.values(stores)[0] : stores[id]));
    return {
      get: async (key, options) => {
        if (!items.has(key)) throw new Error(`KeyNotFound: ${key}`);
        return options?.format === "json" ? JSON.parse(items.get(key)) : items.get(key);
      },
      exists: async (key) => items.has(key),
      count: async () => items.size,
    };
  };
  return { kvs };
})();"""


def live_function_code(original: Callable[[str], bytes | None], function_arn: str) -> bytes | None:
    """Return the code to run, with the module instead of its import."""
    code = original(function_arn)
    if code is None or not (imported := _IMPORT.search(code)):
        return code
    function = cloudfront._function_view(cloudfront._functions[function_arn.rsplit("/", 1)[-1]], "LIVE")
    stores = {arn.rsplit("/", 1)[-1]: _items(arn) for arn in function.get("kvs_arns", [])}
    module = _MODULE % {"name": imported[1].decode(), "stores": json.dumps(stores)}
    return code.replace(imported[0], module.encode())


def _items(arn: str) -> dict[str, str]:
    return dict((cloudfront_keyvaluestore._stores.get(arn) or {}).get("items", {}))


def install() -> None:
    """Put the module into the code that ministack runs."""
    require(cloudfront, "_function_view", "_functions")
    require(cloudfront_keyvaluestore, "_stores")
    wrap(cloudfront, "live_function_code", live_function_code)
