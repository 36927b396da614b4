# The promises of the branding file, checked on plans; the provider is a mock, so the tests need no tenant.

mock_provider "auth0" {}

variables {
  branding    = yamldecode(file("../../../auth0/branding.yaml"))
  site_url    = "https://site.example/"
  look_before = "{}"
}

run "the_sign_in_page_looks_as_the_branding_file_says" {
  command = plan

  assert {
    condition = (
      auth0_branding.sign_in.logo_url == "https://site.example/icons/gatehouse.svg" &&
      auth0_branding_theme.sign_in.widget[0].logo_url == "https://site.example/icons/gatehouse.svg"
    )
    error_message = "The logo must be the file that the site serves, at its address."
  }

  assert {
    condition = alltrue([
      for name, colour in var.branding.theme.colors : auth0_branding_theme.sign_in.colors[0][name] == colour
    ])
    error_message = "A colour of branding.yaml did not reach the theme."
  }

  assert {
    condition = alltrue(concat(
      [for name, value in var.branding.theme.borders : auth0_branding_theme.sign_in.borders[0][name] == value],
      [for name, value in var.branding.theme.widget : auth0_branding_theme.sign_in.widget[0][name] == value],
      [for name, value in var.branding.theme.page_background : auth0_branding_theme.sign_in.page_background[0][name] == value],
    ))
    error_message = "A shape or a place of branding.yaml did not reach the theme."
  }

  assert {
    condition = (
      auth0_prompt_custom_text.sign_in.body == jsonencode({ login = var.branding.texts }) &&
      auth0_prompt.sign_in.universal_login_experience == "new"
    )
    error_message = "The texts must be those of the screen `login`, on the page that shows them."
  }
}

run "the_look_from_before_is_kept" {
  command = plan

  variables {
    look_before = "{\"theme\":{\"displayName\":\"Theirs\"}}"
  }

  assert {
    condition     = jsondecode(terraform_data.before.input).theme.displayName == "Theirs"
    error_message = "A destroy could not restore the tenant's look."
  }
}

run "a_page_template_stays" {
  command = plan

  variables {
    look_before = jsonencode({ template = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>" })
  }

  assert {
    condition     = one(auth0_branding.sign_in.universal_login).body == jsondecode(var.look_before).template
    error_message = "The provider would delete the tenant's page template."
  }
}

run "without_the_look_from_before_nothing_is_changed" {
  command = plan

  variables {
    look_before = null
  }

  expect_failures = [terraform_data.before]
}
