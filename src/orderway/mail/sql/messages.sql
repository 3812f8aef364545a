-- name: insert_received
-- Insert messages that came in, leaving out those whose Message-ID or bytes are here already.
insert into message (company_id, direction, channel, external_id, sha256, once, sender, recipients, subject, text, language, state, error,
                     tries, unanswered, written_at, sent_at, received_at, subject_type)
select %(company)s::bigint, 'in', m.channel, m.external_id, m.sha256, '', m.sender,
       coalesce(string_to_array(nullif(m.recipients, ''), ' '), '{}'), m.subject, m.text, '', 'received', '', 0, 0,
       coalesce(m.sent_at, %(now)s::timestamptz), m.sent_at, %(now)s::timestamptz, ''
from unnest(%(channel)s::text[], %(external_id)s::text[], %(sha256)s::text[], %(sender)s::text[], %(recipients)s::text[],
            %(subject)s::text[], %(text)s::text[], %(sent_at)s::timestamptz[])
     with ordinality as m (channel, external_id, sha256, sender, recipients, subject, text, sent_at, place)
order by m.place
on conflict do nothing
returning id

-- name: received
-- The messages that these Message-IDs or bytes belong to, with the original document.
select w.place::integer - 1 as place, m.id, m.parcel_id, min(l.document_id) as document_id
from unnest(%(external_id)s::text[], %(sha256)s::text[]) with ordinality as w (external_id, sha256, place)
join message m on m.company_id = %(company)s::bigint and m.direction = 'in'
              and (m.sha256 = w.sha256 or (w.external_id <> '' and m.external_id = w.external_id))
left join document_link l on l.subject_type = 'message' and l.subject_id = m.id
group by w.place, m.id
order by w.place, m.id desc

-- name: file
-- Say which parcels messages lie in.
update message set parcel_id = w.parcel
from unnest(%(id)s::bigint[], %(parcel)s::bigint[]) as w (id, parcel) where message.id = w.id

-- name: note_text
-- Keep what messages say, once they were opened.
update message set text = w.text
from unnest(%(id)s::bigint[], %(text)s::text[]) as w (id, text) where message.id = w.id

-- name: written
-- What was written for these purposes before.
select m.id, m.once from message m where m.company_id = %(company)s::bigint and m.once = any(%(once)s::text[]) and m.once <> ''

-- name: newest_versions
-- The newest version of documents.
select distinct on (v.document_id) v.document_id, v.id
from document_version v where v.document_id = any(%(ids)s::bigint[]) and {visible document_version v}
order by v.document_id, v.number desc

-- name: own_address
-- Who writes: the company's name and mail address.
select c.name, c.email from company c where c.id = %(company)s::bigint

-- name: insert_written
-- Insert messages to go out in the order of the input.
insert into message (company_id, direction, channel, external_id, sha256, once, sender, recipients, subject, text, language, state, error,
                     tries, unanswered, written_at, parcel_id, subject_type, subject_id)
select %(company)s::bigint, 'out', 'mail', m.external_id, '', m.once, %(sender)s::text, string_to_array(m.recipients, ' '), m.subject, m.text,
       m.language, 'ready', '', 0, 0, %(now)s::timestamptz, m.parcel, m.subject_type, m.subject_id
from unnest(%(external_id)s::text[], %(once)s::text[], %(recipients)s::text[], %(subject)s::text[], %(text)s::text[],
            %(language)s::text[], %(parcel)s::bigint[], %(subject_type)s::text[], %(subject_id)s::bigint[])
     with ordinality as m (external_id, once, recipients, subject, text, language, parcel, subject_type, subject_id, place)
order by m.place
returning id

-- name: insert_attachments
-- Say what goes along with messages.
insert into message_attachment (company_id, message_id, version_id, position)
select %(company)s::bigint, a.message, a.version, a.position
from unnest(%(message)s::bigint[], %(version)s::bigint[], %(position)s::integer[]) as a (message, version, position)

-- name: lock
-- Lock outgoing messages in key order.
select m.id, m.state, m.subject, m.recipients, m.tries, m.unanswered, m.error, m.subject_type, m.subject_id, m.sent_at, m.sha256
from message m where m.id = any(%(ids)s::bigint[]) and m.direction = 'out' and {visible message m}
order by m.id for update

-- name: sent_as
-- Our outgoing messages with these Message-IDs.
select m.id, m.external_id from message m
where m.company_id = %(company)s::bigint and m.direction = 'out' and m.external_id = any(%(ids)s::text[]) and m.external_id <> ''

-- name: move
-- Write how the sending of messages stands.
update message m set state = w.state, error = w.error, tries = w.tries, unanswered = w.unanswered, sent_at = w.sent_at, sha256 = w.sha256
from unnest(%(id)s::bigint[], %(state)s::text[], %(error)s::text[], %(tries)s::integer[], %(unanswered)s::integer[],
            %(sent_at)s::timestamptz[], %(sha256)s::text[]) as w (id, state, error, tries, unanswered, sent_at, sha256)
where m.id = w.id

-- name: copy
-- Write sent messages once more, to be sent again under a Message-ID of their own.
with made as (
    insert into message (company_id, direction, channel, external_id, sha256, once, sender, recipients, subject, text, language, state,
                         error, tries, unanswered, written_at, parcel_id, subject_type, subject_id)
    select m.company_id, 'out', m.channel, w.external_id, '', 'again:' || m.id || ':' || w.external_id, m.sender, m.recipients, m.subject,
           m.text, m.language, 'ready', '', 0, 0, %(now)s::timestamptz, m.parcel_id, m.subject_type, m.subject_id
    from unnest(%(id)s::bigint[], %(external_id)s::text[]) as w (id, external_id) join message m on m.id = w.id
    order by m.id
    returning id, once, subject_type, subject_id
), enclosed as (
    insert into message_attachment (company_id, message_id, version_id, position)
    select a.company_id, made.id, a.version_id, a.position
    from made join message_attachment a on a.message_id = split_part(made.once, ':', 2)::bigint
)
select id, subject_type, subject_id, split_part(once, ':', 2)::bigint as original from made order by id

-- name: to_send
-- All that goes over the wire, of one message.
select m.id, m.external_id, m.sender, m.recipients, m.subject, m.text, m.written_at, c.name as sender_name
from message m join company c on c.id = m.company_id where m.id = %(id)s::bigint and {visible message m}

-- name: enclosed
-- The files that go with one message.
select d.name, v.media_type, b.sha256
from message_attachment a
join document_version v on v.id = a.version_id
join document d on d.id = v.document_id
join blob b on b.id = v.blob_id
where a.message_id = %(id)s::bigint and {visible message_attachment a}
order by a.position

-- name: about
-- All messages about a subject with what they say, the oldest first.
select m.id, m.direction, m.channel, m.sender, m.recipients, m.subject, m.text, m.state, m.written_at, m.sent_at, m.received_at
from message m
where m.subject_type = %(subject_type)s::text and m.subject_id = %(subject_id)s::bigint and {visible message m}
order by m.id

-- name: list
-- Messages in and out.
select m.id, m.direction, m.channel, m.sender, m.recipients, m.subject, m.state, m.error, m.tries, m.written_at, m.sent_at, m.received_at,
       m.parcel_id, m.subject_type, m.subject_id,
       (select count(*)::integer from message_attachment a where a.message_id = m.id) as attachments
from message m
where {visible message m}
  and m.direction = %(direction)s::text --? direction
  and m.state = %(state)s::text --? state
  and m.subject_type = %(subject_type)s::text and m.subject_id = %(subject_id)s::bigint --? subject_id
  and (m.subject ilike '%%' || %(search)s::text || '%%' or m.sender ilike '%%' || %(search)s::text || '%%' --? search
       or array_to_string(m.recipients, ' ') ilike '%%' || %(search)s::text || '%%') --? search
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- Everything about one message.
select m.* from message m where m.id = %(id)s::bigint and {visible message m}

-- name: on_desk
-- What stands on the desk about mails that could not be sent.
select e.id from desk_exception e
where e.command = 'mail.resend' and e.subject_id = any(%(ids)s::bigint[]) and e.state = 'open' and {visible desk_exception e}
order by e.id
