"""Makes the weights that the product ships. Needs the training extra; never imported by the product."""
