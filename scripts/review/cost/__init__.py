"""What a plan costs: its resources, a dated table of prices, and three sizes of traffic."""
