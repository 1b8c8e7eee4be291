"""The national registry of carpool proof, and what its operators derive."""
