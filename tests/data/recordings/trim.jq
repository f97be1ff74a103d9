# What is compared, out of a whole recording: jq -f trim.jq < WHOLE.json > ID.json
# Times are rounded to whole milliseconds, the resolution of the logs they come from.
def whole: if type == "number" then round else . end;
{
  id, title, tickTime_ms, initLimit, syncLimit, roles, repetitions, network, jvm_options,
  initial_state: (.initial_state | {
    description,
    servers: ((.servers // {}) | map_values({state, currentEpoch, zxid}))
  }),
  fault_schedule,
  results: {
    deterministic: .results.deterministic,
    facts: (.results.facts | del(.table, .order)),
    cut_took_ms: ([.results.per_repetition[]?.cut_took_ms | select(. != null)] | if . == [] then null else . end),
    timing_summary_ms: ((.results.timing_summary_ms // {}) | map_values(select(. != null) | map_values(whole)))
  } | del(.[] | nulls)
}
