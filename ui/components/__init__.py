"""Custom views: each file turns plain values into HTML; their CSS and JavaScript are in assets/ui."""
