"""The rule that shares stock out, against brute force and its promises."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from orderway.stock.rules import Need, Supply, share_out

amounts = st.integers(0, 6).map(D)
needs = st.lists(
    st.builds(
        Need,
        st.just(0),
        st.integers(1, 2),
        st.integers(1, 6).map(D),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=6,
).map(lambda rows: [row._replace(demand=index) for index, row in enumerate(rows)])
supplies = st.lists(
    st.builds(Supply, st.just(0), st.integers(1, 2), amounts, st.integers(1, 2), st.integers(1, 3)), max_size=5
).map(lambda rows: [row._replace(level=index) for index, row in enumerate(rows)])


@given(needs, supplies, st.sampled_from(["rank", "highest"]))
def test_nobody_gets_more_than_is_there_or_than_they_lack(needs, supplies, strategy):
    shares = share_out(needs, supplies, strategy)
    assert all(share.quantity > 0 for share in shares)
    for supply in supplies:
        assert sum(s.quantity for s in shares if s.level == supply.level) <= supply.free
    for need in needs:
        mine = [s for s in shares if s.demand == need.demand]
        assert sum(s.quantity for s in mine) <= need.quantity
        for share in mine:
            place = supplies[share.level]
            assert place.item == need.item
            assert need.warehouse in (None, place.warehouse)


@given(needs, supplies, st.sampled_from(["rank", "highest"]))
def test_a_whole_group_gets_everything_or_nothing(needs, supplies, strategy):
    shares = share_out(needs, supplies, strategy)
    for group in {need.whole for need in needs} - {None}:
        members = [need for need in needs if need.whole == group]
        got = sum(s.quantity for s in shares for need in members if s.demand == need.demand)
        assert got in (0, sum(need.quantity for need in members))


@given(needs, supplies)
def test_piece_by_piece_gives_the_same(needs, supplies):
    """Brute force without groups: hand out single pieces, each need in turn, from the first place by rank that has one."""
    plain = [need._replace(whole=None) for need in needs]
    left = {supply.level: supply.free for supply in supplies}
    slow: dict[tuple[int, int], D] = {}
    for need in plain:
        for _ in range(int(need.quantity)):
            fitting = [
                s
                for s in supplies
                if s.item == need.item and left[s.level] > 0 and need.warehouse in (None, s.warehouse)
            ]
            if fitting:
                place = min(fitting, key=lambda s: (s.rank, s.level))
                left[place.level] -= 1
                slow[need.demand, place.level] = slow.get((need.demand, place.level), D(0)) + 1
    assert {(s.demand, s.level): s.quantity for s in share_out(plain, supplies)} == slow
