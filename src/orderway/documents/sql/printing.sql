-- name: filed
-- Papers of these kinds that were filed for these subjects, in their newest version.
select d.id, d.kind, d.name, d.parcel_id, k.subject_type, k.subject_id, v.sealed_at, b.sha256
from unnest(%(kind)s::text[], %(subject_type)s::text[], %(subject_id)s::bigint[]) as w (kind, subject_type, subject_id)
join document_link k on k.subject_type = w.subject_type and k.subject_id = w.subject_id
join document d on d.id = k.document_id and d.kind = w.kind and {visible document d}
join lateral (
    select x.sealed_at, x.blob_id from document_version x where x.document_id = d.id order by x.number desc limit 1
) v on true
join blob b on b.id = v.blob_id
