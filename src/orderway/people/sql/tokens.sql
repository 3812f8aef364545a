-- name: admit
-- Who a token speaks for, while it is valid; in the same statement its call is counted and the day of its use kept.
with known as (
    select t.id, t.person_id, t.company_id, t.scopes, t.calls_a_minute
    from api_token t
    where t.digest = %(digest)s::text and t.expires_at > %(now)s::timestamptz and t.revoked_at is null
), seen as (
    update api_token set last_used_on = (%(now)s::timestamptz at time zone 'UTC')::date
    from known
    where api_token.id = known.id
      and api_token.last_used_on is distinct from (%(now)s::timestamptz at time zone 'UTC')::date
), counted as (
    insert into api_token_use (token_id, minute, calls)
    select id, date_trunc('minute', %(now)s::timestamptz), 1 from known
    on conflict (token_id) do update
        set calls = case when api_token_use.minute = excluded.minute then api_token_use.calls + 1 else 1 end,
            minute = excluded.minute
    returning calls
)
select k.person_id, k.company_id, k.scopes, p.name, counted.calls > k.calls_a_minute as too_many,
       array_agg(distinct g.role) as roles,
       coalesce(array_agg(distinct g.department_id) filter (where g.department_id is not null), '{}') as departments
from known k
cross join counted
join person p on p.id = k.person_id and p.is_active
join role_grant g on g.person_id = p.id and g.company_id = k.company_id
group by k.person_id, k.company_id, k.scopes, p.name, counted.calls, k.calls_a_minute

-- name: colleagues
-- Which of these persons work in the company.
select distinct g.person_id as id from role_grant g
where g.person_id = any(%(persons)s::bigint[]) and {visible role_grant g}

-- name: issue
-- Keep the digests of new tokens, in the order of the input.
insert into api_token (company_id, person_id, label, digest, scopes, calls_a_minute, issued_at, expires_at)
select %(company)s::bigint, t.person, t.label, t.digest, string_to_array(t.scopes, ' '), t.calls_a_minute,
       %(now)s::timestamptz, t.expires_at
from unnest(%(person)s::bigint[], %(label)s::text[], %(digest)s::text[], %(scopes)s::text[], %(calls_a_minute)s::integer[],
            %(expires_at)s::timestamptz[])
     with ordinality as t (person, label, digest, scopes, calls_a_minute, expires_at, place)
order by t.place
returning id

-- name: lock
-- Lock tokens in key order.
select t.id, t.person_id, t.revoked_at from api_token t
where t.id = any(%(ids)s::bigint[]) and {visible api_token t}
order by t.id for update

-- name: revoke
-- Revoke tokens.
update api_token set revoked_at = %(now)s::timestamptz where id = any(%(ids)s::bigint[])

-- name: list
-- The tokens a person may see, newest first, without their digests.
select t.id, t.label, t.person_id, p.name as person, t.scopes, t.calls_a_minute, t.issued_at, t.expires_at, t.last_used_on,
       t.revoked_at, t.revoked_at is null and t.expires_at > %(now)s::timestamptz as valid
from api_token t
join person p on p.id = t.person_id
where {visible api_token t}
order by t.id desc
