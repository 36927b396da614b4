# Of the whole tenant, and left as it is on destroy.
resource "auth0_branding" "sign_in" {
  logo_url = var.branding.logo_url

  colors {
    primary         = var.branding.primary_colour
    page_background = var.branding.background_colour
  }
}
