{# The channel of a visit: its campaign's medium, else what kind of page led here. #}
{% macro channel_of(medium, referrer_host) -%}
case
    when {{ medium }} is not null then {{ medium }}
    when {{ referrer_host }} is null then 'direct'
    when regexp_matches({{ referrer_host }}, '^(www\.)?(google|bing)\.') then 'organic'
    else 'referral'
end
{%- endmacro %}
