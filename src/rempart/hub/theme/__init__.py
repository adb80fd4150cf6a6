"""The look: tokens, components, base templates. One seam for another theme."""
