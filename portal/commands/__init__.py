"""Les commandes, un module par sujet."""
