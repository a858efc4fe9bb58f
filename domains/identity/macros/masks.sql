{# How personal columns leave this domain. The contract names the mask of each; contract and model must agree. #}

{# A hash that others can join on, and that no list of known addresses can undo without the pepper. #}
{% macro masked_hash(column) -%}
sha256('{{ env_var("MESH_PEPPER", "acme-example-pepper") }}:' || {{ column }})
{%- endmacro %}

{% macro masked_redact(column) -%}
case when {{ column }} is null then null else '***' end
{%- endmacro %}

{# The last four characters stay readable. #}
{% macro masked_partial(column) -%}
repeat('*', greatest(length({{ column }}) - 4, 0)) || right({{ column }}, 4)
{%- endmacro %}
