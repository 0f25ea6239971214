-- Episodes written by hand for DuckDB, from section 2 of the contract: what a careful analyst would write for one company.
-- It shares nothing with the definition that Accord compiles, so it is both the yardstick for its speed and an oracle for
-- its every column.
--
-- Reads, in the stored shape (naive UTC instants; a date stands at 00:00 with its companion true):
--   leads, handoffs, decisions, activities, reps
--   yard_teams(team, calendar)              teams that keep hours of their own; all others: 'default'
--   yard_days(calendar, day, before_s, opens_s, closes_s)   open hours per UTC day (bench/yardstick.py lays them out)
-- and the variables zone, window_us, minimum_call_s, token_us, tacit_us, business_day_us.
-- {lead_columns} is the list of the lead's columns, aliased.

WITH RECURSIVE
became(lead_id, root) AS (
    -- from every lead that was merged into nothing we know, down to all that were merged into it; rings are never reached
    SELECT lead_id, lead_id FROM leads l
    WHERE merged_into IS NULL OR merged_into = lead_id OR merged_into NOT IN (SELECT lead_id FROM leads)
    UNION ALL
    SELECT l.lead_id, b.root FROM leads l JOIN became b ON l.merged_into = b.lead_id AND l.lead_id <> b.lead_id
    WHERE l.merged_into IS NOT NULL
),
merged AS (SELECT lead_id, root FROM became WHERE lead_id <> root),

handed AS (
    SELECT
        h.handoff_id, coalesce(m.root, h.lead_id) AS lead_id, h."at", h.at_is_date, h.rep_id, h.score, h.band, h.agreement,
        coalesce(h.team, r.team) AS team, coalesce(r.team, h.team) AS owner_team,
        CASE WHEN h.at_is_date THEN epoch_us(timezone(getvariable('zone'), h."at")) ELSE epoch_us(h."at") END AS at_us,
        CASE WHEN h.at_is_date THEN datediff('day', DATE '1970-01-01', h."at"::DATE)
             ELSE datediff('day', DATE '1970-01-01', timezone(getvariable('zone'), timezone('UTC', h."at"))::DATE)
        END AS local_day,
        CASE WHEN h.at_is_date THEN epoch_us(timezone(getvariable('zone'), h."at" + INTERVAL 1 DAY)) - epoch_us(timezone(getvariable('zone'), h."at")) - 1 ELSE 0 END AS slack_us
    FROM handoffs h
    LEFT JOIN merged m ON m.lead_id = h.lead_id
    LEFT JOIN reps r ON r.rep_id = h.rep_id
    WHERE coalesce(m.root, h.lead_id) IN (SELECT lead_id FROM leads)
),
spans AS (
    SELECT
        handed.*,
        row_number() OVER in_order AS sequence,
        lead(at_us) OVER in_order - at_us AS next_us,
        least(coalesce(lead(at_us) OVER in_order - at_us, getvariable('window_us')), getvariable('window_us')) AS end_us
    FROM handed
    WINDOW in_order AS (PARTITION BY lead_id ORDER BY at_us, handoff_id)
),

told AS (  -- decisions with the span of time their own time may mean
    SELECT d.*,
        CASE WHEN d.at_is_date THEN epoch_us(timezone(getvariable('zone'), d."at")) ELSE epoch_us(d."at") END AS time_us,
        CASE WHEN d.at_is_date THEN epoch_us(timezone(getvariable('zone'), d."at" + INTERVAL 1 DAY)) - epoch_us(timezone(getvariable('zone'), d."at")) - 1 ELSE 0 END AS wide_us
    FROM decisions d
),
decided AS (
    SELECT s.handoff_id, t.decision_id, t.outcome, t.reason, t.rep_id, s.end_us,
        greatest(t.time_us - s.at_us, 0) AS after_us, t.time_us + t.wide_us - s.at_us AS latest_us
    FROM told t JOIN spans s ON s.handoff_id = t.handoff_id
    UNION ALL
    SELECT s.handoff_id, t.decision_id, t.outcome, t.reason, t.rep_id, s.end_us,
        greatest(t.time_us - s.at_us, 0), t.time_us + t.wide_us - s.at_us
    FROM (
        SELECT t.* EXCLUDE (lead_id, handoff_id), coalesce(m.root, t.lead_id) AS lead_id
        FROM told t LEFT JOIN merged m ON m.lead_id = t.lead_id WHERE t.handoff_id IS NULL
    ) t
    JOIN spans s ON s.lead_id = t.lead_id
        AND t.time_us + t.wide_us >= s.at_us AND (s.next_us IS NULL OR t.time_us + t.wide_us < s.at_us + s.next_us)
),
ranked AS (
    SELECT *, row_number() OVER in_turn AS turn, first(outcome) OVER in_turn AS first_outcome
    FROM decided WHERE latest_us >= 0 AND after_us < end_us
    WINDOW in_turn AS (PARTITION BY handoff_id ORDER BY after_us, decision_id)
),
verdicts AS (
    SELECT
        handoff_id,
        any_value(decision_id) FILTER (turn = 1) AS decision_id,
        any_value(rep_id) FILTER (turn = 1) AS decided_by,
        any_value(reason) FILTER (turn = 1) AS reason,
        any_value(outcome) FILTER (turn = 1) AS decision,
        any_value(after_us) FILTER (turn = 1) AS decision_us,
        any_value(latest_us - after_us) FILTER (turn = 1) AS decision_slack_us,
        min(after_us) FILTER (turn > 1 AND first_outcome = 'accepted' AND outcome = 'disqualified') AS disqualified_later_us,
        min(after_us) FILTER (turn > 1 AND first_outcome = 'accepted' AND outcome = 'recycled') AS recycled_later_us
    FROM ranked GROUP BY handoff_id
),
judged AS (
    SELECT spans.*, verdicts.* EXCLUDE (handoff_id) FROM spans LEFT JOIN verdicts ON verdicts.handoff_id = spans.handoff_id
),

done AS (  -- every activity in the episode it belongs to
    SELECT j.handoff_id, a.kind,
        coalesce(a.direction, 'out') = 'out' AS outbound,
        a.kind = 'meeting' AND coalesce(a.outcome, '') = 'held' AS held,
        coalesce(a.outcome, '') IN ('no_answer', 'voicemail') AS unanswered,
        a.kind <> 'call' OR coalesce(a.duration_s, getvariable('minimum_call_s')) >= getvariable('minimum_call_s') AS long_enough,
        a.kind IN ('call', 'email', 'meeting', 'message', 'visit') AND NOT coalesce(a.automated, false)
            AND a.rep_id IS NOT NULL AND (j.rep_id IS NULL OR a.rep_id = j.rep_id OR coalesce(r.team = j.owner_team, false)) AS counts,
        greatest(a.time_us - j.at_us, 0) AS after_us,
        a.time_us + a.wide_us - j.at_us - greatest(a.time_us - j.at_us, 0) AS wide_us,
        coalesce(greatest(a.time_us - j.at_us, 0) <= j.decision_us + getvariable('token_us'), false) AS soon
    FROM (
        SELECT coalesce(m.root, a.lead_id) AS lead_id, a.rep_id, a.kind, a.direction, a.duration_s, a.outcome, a.automated,
            CASE WHEN a.at_is_date THEN epoch_us(timezone(getvariable('zone'), a."at")) ELSE epoch_us(a."at") END AS time_us,
            CASE WHEN a.at_is_date THEN epoch_us(timezone(getvariable('zone'), a."at" + INTERVAL 1 DAY)) - epoch_us(timezone(getvariable('zone'), a."at")) - 1 ELSE 0 END AS wide_us
        FROM activities a LEFT JOIN merged m ON m.lead_id = a.lead_id
    ) a
    JOIN judged j ON j.lead_id = a.lead_id
    LEFT JOIN reps r ON r.rep_id = a.rep_id
    WHERE a.time_us + a.wide_us >= j.at_us AND greatest(a.time_us - j.at_us, 0) < j.end_us
        AND (j.next_us IS NULL OR a.time_us + a.wide_us < j.at_us + j.next_us)
),
effort AS (
    SELECT handoff_id,
        count(*) AS activities,
        min(after_us) AS first_activity_us,
        min(after_us) FILTER (outbound AND kind <> 'task') AS first_sent_us,
        min(after_us) FILTER (counts AND long_enough AND (outbound OR held)) AS first_real_us,
        count(*) FILTER (counts AND (outbound OR held) AND soon) AS attempts,
        count(*) FILTER (counts AND (outbound OR held) AND soon AND kind = 'call' AND (unanswered OR NOT long_enough)) AS failed
    FROM done GROUP BY handoff_id
),
answers AS (  -- replies count once something was sent
    SELECT d.handoff_id, min(d.after_us) AS first_reply_us, count(*) FILTER (d.soon) AS replies
    FROM done d JOIN effort e ON e.handoff_id = d.handoff_id
    WHERE d.counts AND d.long_enough AND NOT d.outbound AND NOT d.held AND d.after_us > e.first_sent_us
    GROUP BY d.handoff_id
),
doubt AS (  -- how much later a first action that is only a date may have been
    SELECT handoff_id, after_us, max(wide_us) AS action_slack_us
    FROM done WHERE wide_us > 0 AND counts AND long_enough
    GROUP BY handoff_id, after_us
),
worked AS (
    SELECT
        j.*,
        coalesce(e.activities, 0) AS activities,
        e.first_activity_us,
        least(e.first_real_us, a.first_reply_us) AS action_us,
        coalesce(e.attempts, 0) + coalesce(a.replies, 0) = 1 AND coalesce(e.failed, 0) = 1 AS token,
        CASE WHEN t.calendar IS NULL THEN 'default' ELSE t.calendar END AS calendar
    FROM judged j
    LEFT JOIN effort e ON e.handoff_id = j.handoff_id
    LEFT JOIN answers a ON a.handoff_id = j.handoff_id
    LEFT JOIN yard_teams t ON t.team = j.owner_team
),
clocked AS (  -- moments, and the row of the clock each falls on
    SELECT worked.*,
        coalesce(doubt.action_slack_us, 0) AS action_slack_us,
        at_us // 86400000000 AS at_day, (at_us % 86400000000) / 1000000 AS at_s,
        (at_us + decision_us) // 86400000000 AS decision_day, (at_us + decision_us) % 86400000000 / 1000000 AS decision_s,
        (at_us + action_us) // 86400000000 AS action_day, (at_us + action_us) % 86400000000 / 1000000 AS action_s,
        (at_us + end_us) // 86400000000 AS end_day, (at_us + end_us) % 86400000000 / 1000000 AS end_s,
        (at_us + getvariable('tacit_us')) // 86400000000 AS tacit_day,
        (at_us + getvariable('tacit_us')) % 86400000000 / 1000000 AS tacit_s
    FROM worked LEFT JOIN doubt ON doubt.handoff_id = worked.handoff_id AND doubt.after_us = worked.action_us
),
timed AS (
    SELECT c.*,
        round(1e6 * (a.before_s + least(greatest(c.at_s - a.opens_s, 0), a.closes_s - a.opens_s)))::BIGINT AS business_at_us,
        round(1e6 * (d.before_s + least(greatest(c.decision_s - d.opens_s, 0), d.closes_s - d.opens_s)))::BIGINT AS clock_decision,
        round(1e6 * (f.before_s + least(greatest(c.action_s - f.opens_s, 0), f.closes_s - f.opens_s)))::BIGINT AS clock_action,
        round(1e6 * (e.before_s + least(greatest(c.end_s - e.opens_s, 0), e.closes_s - e.opens_s)))::BIGINT AS clock_end,
        round(1e6 * (t.before_s + least(greatest(c.tacit_s - t.opens_s, 0), t.closes_s - t.opens_s)))::BIGINT AS clock_tacit
    FROM clocked c
    LEFT JOIN yard_days a ON a.calendar = c.calendar AND a.day = c.at_day
    LEFT JOIN yard_days d ON d.calendar = c.calendar AND d.day = c.decision_day
    LEFT JOIN yard_days f ON f.calendar = c.calendar AND f.day = c.action_day
    LEFT JOIN yard_days e ON e.calendar = c.calendar AND e.day = c.end_day
    LEFT JOIN yard_days t ON t.calendar = c.calendar AND t.day = c.tacit_day
)
SELECT
    t.handoff_id, t.lead_id, t."at", t.at_is_date, t.rep_id, t.score, t.band, t.agreement, t.at_us, t.team, t.owner_team, t.next_us,
    t.sequence, t.local_day,
    12 * year(make_date(t.local_day::INT)) + month(make_date(t.local_day::INT)) - 1 AS local_month,
    t.end_us, t.slack_us, t.calendar, t.decision_id, t.decided_by, t.reason, t.decision, t.decision_us, t.decision_slack_us,
    t.disqualified_later_us, t.recycled_later_us, t.activities, t.first_activity_us, t.action_us, t.action_slack_us, t.token,
    t.business_at_us,
    t.clock_decision - t.business_at_us AS business_decision_us,
    t.clock_action - t.business_at_us AS business_action_us,
    t.clock_end - t.business_at_us AS business_end_us,
    t.clock_tacit - t.business_at_us AS business_tacit_us,
    getvariable('business_day_us') AS business_day_us,
    CASE WHEN l.employees < 10 THEN 'micro' WHEN l.employees < 50 THEN 'small' WHEN l.employees < 250 THEN 'medium'
         WHEN l.employees < 1000 THEN 'large' WHEN l.employees IS NOT NULL THEN 'enterprise' END AS account_size,
    (CASE t.band WHEN 'A' THEN 3.0 WHEN 'B' THEN 2.0 WHEN 'C' THEN 1.0 WHEN 'D' THEN 0.5 ELSE 1.0 END
     * CASE l.need WHEN 'urgent' THEN 2.0 WHEN 'defined' THEN 1.5 ELSE 1.0 END)::DOUBLE AS handling_weight,
    {lead_columns}
FROM timed t JOIN leads l ON l.lead_id = t.lead_id
