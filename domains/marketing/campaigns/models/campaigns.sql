-- One row per campaign, with the source and medium that everybody agreed on in place of what was typed.
{{ config(materialized='view') }}

select
    campaigns.campaign_id::varchar as campaign_id,
    campaigns.name::varchar as name,
    coalesce(sources.agreed, {{ spelt_plainly('campaigns.source') }})::varchar as utm_source,
    coalesce(media.agreed, {{ spelt_plainly('campaigns.medium') }})::varchar as utm_medium,
    {{ spelt_plainly('campaigns.utm_campaign') }}::varchar as utm_campaign,
    campaigns.start_on::date as start_on,
    campaigns.end_on::date as end_on,
    campaigns.budget::decimal(12, 2) as budget
from {{ source('raw_marketing', 'campaigns') }} as campaigns
left join {{ ref('utm_aliases') }} as sources
    on sources.kind = 'source' and sources.alias = {{ spelt_plainly('campaigns.source') }}
left join {{ ref('utm_aliases') }} as media
    on media.kind = 'medium' and media.alias = {{ spelt_plainly('campaigns.medium') }}
