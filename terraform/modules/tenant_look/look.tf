# The look of the sign-in page applies to the whole tenant: all its applications show these colours and texts. So a root uses this
# module only in a tenant that serves nothing else. The root imports the present look; a destroy restores it.

locals {
  logo_url = "${trimsuffix(var.site_url, "/")}/${var.branding.logo}"

  # A tenant with a custom domain may have a page template. Declare it, because the provider deletes an undeclared one.
  page_template = try(jsondecode(var.look_before).template, null)
}

# Keeps the look from before the first apply in the state. Terraform destroys this resource last, and its provisioner then restores
# the old look. The provider alone would leave the logo and the login experience changed, and would delete the theme, the texts and,
# in a tenant with a custom domain, the page template.
resource "terraform_data" "before" {
  input = var.look_before

  lifecycle {
    ignore_changes = [input]

    precondition {
      condition     = var.look_before != null
      error_message = "look_before is missing, so a destroy could not restore the tenant's look: plan with `make plan`, which reads it from the tenant."
    }
  }

  provisioner "local-exec" {
    when        = destroy
    working_dir = "${path.root}/../.."
    command     = "PYTHONPATH=. .venv/bin/python -m scripts.tenant_look restore"
    environment = { LOOK = self.output }
  }
}

# Its two colours are for pages without a theme, such as those behind links in e-mails.
resource "auth0_branding" "sign_in" {
  logo_url    = local.logo_url
  favicon_url = local.logo_url

  colors {
    primary         = var.branding.theme.colors.primary_button
    page_background = var.branding.theme.page_background.background_color
  }

  dynamic "universal_login" {
    for_each = local.page_template == null ? [] : [local.page_template]
    content {
      body = universal_login.value
    }
  }

  depends_on = [terraform_data.before]
}

resource "auth0_branding_theme" "sign_in" {
  display_name = "Gatehouse"

  borders {
    buttons_style        = var.branding.theme.borders.buttons_style
    button_border_radius = var.branding.theme.borders.button_border_radius
    button_border_weight = var.branding.theme.borders.button_border_weight
    show_widget_shadow   = var.branding.theme.borders.show_widget_shadow
    widget_border_weight = var.branding.theme.borders.widget_border_weight
    widget_corner_radius = var.branding.theme.borders.widget_corner_radius
  }

  colors {
    header                   = var.branding.theme.colors.header
    body_text                = var.branding.theme.colors.body_text
    icons                    = var.branding.theme.colors.icons
    links_focused_components = var.branding.theme.colors.links_focused_components
    base_focus_color         = var.branding.theme.colors.base_focus_color
    base_hover_color         = var.branding.theme.colors.base_hover_color
    primary_button           = var.branding.theme.colors.primary_button
    primary_button_label     = var.branding.theme.colors.primary_button_label
    secondary_button_border  = var.branding.theme.colors.secondary_button_border
    secondary_button_label   = var.branding.theme.colors.secondary_button_label
    widget_background        = var.branding.theme.colors.widget_background
    widget_border            = var.branding.theme.colors.widget_border
    error                    = var.branding.theme.colors.error
    success                  = var.branding.theme.colors.success
  }

  # Auth0's own font and sizes.
  fonts {
    title {}
    subtitle {}
    links {}
    input_labels {}
    buttons_text {}
    body_text {}
  }

  page_background {
    background_color = var.branding.theme.page_background.background_color
    page_layout      = var.branding.theme.page_background.page_layout
  }

  widget {
    logo_url              = local.logo_url
    logo_height           = var.branding.theme.widget.logo_height
    logo_position         = var.branding.theme.widget.logo_position
    header_text_alignment = var.branding.theme.widget.header_text_alignment
    social_buttons_layout = var.branding.theme.widget.social_buttons_layout
  }

  depends_on = [terraform_data.before]
}

# The theme and the texts apply to Universal Login; a tenant from the time of Rules may still show the classic page.
resource "auth0_prompt" "sign_in" {
  universal_login_experience = "new"

  depends_on = [terraform_data.before]
}

resource "auth0_prompt_custom_text" "sign_in" {
  prompt   = "login"
  language = "en"
  body     = jsonencode({ login = var.branding.texts })

  depends_on = [auth0_prompt.sign_in]
}
