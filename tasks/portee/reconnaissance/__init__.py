"""How people are recognised: sessions, what a mail lets in, links, brakes; never what they may then see."""
