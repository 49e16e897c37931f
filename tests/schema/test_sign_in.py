"""`signIn`."""

from tests.cast import Cast


async def test_me(cast: Cast) -> None:
    print(
        await cast.ask(
            "administrator",
            "{ me { id email displayName organizations { totalCount nodes { name businessId viewerRole viewerPermissions administrators { nodes { displayName email } } memberships { totalCount edges { cursor node { role person { displayName email } serviceAccess { service { name } customerNumbers { number } } } } } services { code } customerNumbers { nodes { number } } legacyCodes { nodes { code } } } } } }",
        )
    )
    print(await cast.ask("member", "{ me { organizations { nodes { name memberships { nodes { role } } } } } }"))
    print(await cast.ask("nobody", "{ me { id } services { code name } }"))
    print(
        await cast.ask(
            "support", "{ organizations(first: 1) { nodes { name } pageInfo { hasNextPage endCursor } totalCount } }"
        )
    )
    print(
        await cast.ask(
            "administrator",
            'mutation { profileUpdate(input: {version: 1, phone: "0401234567 tai", displayName: null}) { account { version phone } userErrors { code field message } } }',
        )
    )
    print(
        await cast.ask(
            "administrator",
            'mutation { profileUpdate(input: {version: 1, phone: "0401234567"}) { account { version phone } userErrors { code field message } } }',
        )
    )
    print(await cast.ask("administrator", "mutation { signOut { userErrors { code } } }"))
    print(await cast.ask("administrator", "{ me { id } }"))
    assert 0
