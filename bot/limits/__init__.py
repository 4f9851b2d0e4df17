"""What videos cost, who may have how many, and the credits that pay for them."""
