variable "branding" {
  description = "Look of the sign-in page: auth0/branding.yaml, decoded."
  type = object({
    logo = string

    theme = object({
      borders = object({
        buttons_style        = string
        button_border_radius = number
        button_border_weight = number
        show_widget_shadow   = bool
        widget_border_weight = number
        widget_corner_radius = number
      })

      colors = object({
        header                   = string
        body_text                = string
        icons                    = string
        links_focused_components = string
        base_focus_color         = string
        base_hover_color         = string
        primary_button           = string
        primary_button_label     = string
        secondary_button_border  = string
        secondary_button_label   = string
        widget_background        = string
        widget_border            = string
        error                    = string
        success                  = string
      })

      page_background = object({
        background_color = string
        page_layout      = string
      })

      widget = object({
        logo_height           = number
        logo_position         = string
        header_text_alignment = string
        social_buttons_layout = string
      })
    })

    texts = map(string)
  })
}

variable "site_url" {
  description = "Address of the site, which serves the logo."
  type        = string
}

variable "look_before" {
  description = "The tenant's look as JSON, read before each plan; the first one is kept and restored on destroy."
  type        = string
}
