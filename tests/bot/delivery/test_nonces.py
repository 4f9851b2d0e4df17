"""Each message that must not be sent twice has a nonce of its own."""

from bot.delivery.nonces import nonce_of_letter

NONCE_MAX_CHARS = 25


def test_one_refund_has_a_letter_for_everybody_who_paid():
    nonces = {nonce_of_letter(2**63 - 1, member_id) for member_id in range(2**63 - 4, 2**63 - 1)}

    assert len(nonces) == 3
    assert max(map(len, nonces)) <= NONCE_MAX_CHARS
