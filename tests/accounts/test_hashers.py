from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from accounts.hashers import TunedArgon2PasswordHasher


def test_passwords_are_hashed_with_argon2id_19_mib_two_passes_one_lane() -> None:
    assert make_password("x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_these_parameters_needs_no_update() -> None:
    encoded = make_password("x")
    assert isinstance(identify_hasher(encoded), TunedArgon2PasswordHasher)
    assert not identify_hasher(encoded).must_update(encoded)


def test_only_the_right_password_matches() -> None:
    encoded = make_password("right")
    assert (check_password("right", encoded), check_password("wrong", encoded)) == (True, False)
