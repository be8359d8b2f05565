--TEST--
Time zones have the host's rules in the guest: the same zones, transitions and countries; a DateTime that crosses is the same instant
--SKIPIF--
<?php require __DIR__ . '/../support.inc'; if (other_minor()) die('skip ' . other_minor()); ?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$asks = static function (): array {
    $said = ['zones' => timezone_identifiers_list()];
    // Distributions' PHPs list what describes the zones as well, and know no such zone.
    foreach (array_filter(timezone_identifiers_list(DateTimeZone::ALL_WITH_BC), fn ($name) => !in_array($name, ['leapseconds', 'tzdata.zi'], true)) as $name) {
        $zone = new DateTimeZone($name);
        $said['transitions'][$name] = md5(serialize([$zone->getTransitions(), $zone->getTransitions(2_000_000_000, 4_000_000_000)]));
        $place = $zone->getLocation() ?: ['country_code' => 'none', 'latitude' => 0, 'longitude' => 0, 'comments' => ''];
        $said['countries'][$place['country_code']][] = $name;
        $said['places'][$name] = [round($place['latitude'], 5), round($place['longitude'], 5), $place['comments']];
    }
    foreach (['DE', 'US', 'PY'] as $country) {
        $said["in $country"] = timezone_identifiers_list(DateTimeZone::PER_COUNTRY, $country);
    }
    return $said;
};
$vm = FfiZts::boot(['ini' => ['date.timezone' => 'Europe/Berlin']]);
$here = $asks();
$there = $vm->run($asks)->await();
foreach ($here as $what => $said) {
    if ($said !== $there[$what]) {
        echo $what, ' differ: ', json_encode(is_array($said) ? array_slice(array_diff_assoc(array_map('json_encode', $said), array_map('json_encode', $there[$what])), 0, 5) : [$said, $there[$what]]), "\n";
    }
}
foreach ($here['zones'] as $name) {
    $date = new DateTimeImmutable('2026-07-01 12:00', new DateTimeZone($name));
    $dates[$name] = [$date, $date->format('c T')];
}
$wrong = $vm->run(static fn (array $dates) => array_keys(array_filter($dates, fn ($pair) => $pair[0]->format('c T') !== $pair[1])), [$dates])->await();
echo json_encode($wrong), ' ', $vm->run('date_default_timezone_get')->await(), ' ', count($here['zones']) > 400 ? 'zones' : 'few zones', "\n";
thrown(fn () => $vm->run(static fn () => new DateTimeZone('No/Zone'))->await());
?>
--EXPECTF--
[] Europe/Berlin zones
%rException|DateInvalidTimeZoneException%r: DateTimeZone::__construct(): Unknown or bad timezone (No/Zone)%S
