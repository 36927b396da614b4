# /config.json: the site's configuration. Everything in it is public.

locals {
  site_config = {
    auth0 = {
      domain     = local.tenant_origin
      client_id  = var.client_id
      audience   = var.access.audience
      login_flow = var.login_flow
    }
    scopes      = var.access.scopes
    connections = var.access.connections
    apis = {
      for api, document in local.apis : api => {
        title       = document.info.title
        description = document.info.description
        path        = "/api/${api}"
        columns     = local.columns[api]
        detail      = contains(keys(document.paths), "/${api}/{id}")
        # A public list has one alternative, which needs no scope.
        any_of = coalescelist([for alternative in document.paths["/${api}"].get.security : alternative.auth0], [[]])
      }
    }
  }

  # The table shows the columns that the document lists, with the titles in the schema of an item of GET /<api>.
  columns = {
    for api, document in local.apis : api => [
      for name in document.info["x-columns"] : { name = name, title = try(local.item_schemas[api].properties[name].title, name) }
    ]
  }

  item_schemas = {
    for api, schema in local.page_schemas : api => local.apis[api].components.schemas[trimprefix(schema.properties.items.items["$ref"], "#/components/schemas/")]
  }

  page_schemas = {
    for api, document in local.apis : api => document.components.schemas[
      trimprefix(document.paths["/${api}"].get.responses["200"].content["application/json"].schema["$ref"], "#/components/schemas/")
    ]
  }
}
