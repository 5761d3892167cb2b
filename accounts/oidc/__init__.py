"""Sign-in through providers of OpenID Connect: settings, calls and what is believed of answers.

Knows no row and no session; `accounts.services.single_sign_on` decides what a proof is good for.
"""
