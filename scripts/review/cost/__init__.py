"""Estimates the cost of a plan from its resources, a dated table of prices, and three sizes of traffic."""
