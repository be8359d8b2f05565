--TEST--
What the C library answers in one memory for all threads is right on several workers and the host at once: services, protocols, conventions of a locale
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
if (!getservbyname('http', 'tcp') || !getprotobyname('icmp')) { die('skip no /etc/services or /etc/protocols'); } ?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

// Each asks for other entries than the thread beside it does at that moment.
$asks = static function (int $first, int $rounds): array {
    $wrong = [];
    $right = static function (string $what, mixed $got, mixed $wanted) use (&$wrong): void {
        if ($got !== $wanted) {
            $wrong[$what] = ($wrong[$what] ?? 0) + 1;
        }
    };
    $services = ['http' => 80, 'ssh' => 22, 'smtp' => 25, 'domain' => 53];
    $protocols = ['tcp' => 6, 'udp' => 17, 'icmp' => 1];
    for ($i = $first; $i < $first + $rounds; $i++) {
        [$service, $protocol] = [array_keys($services)[$i % 4], array_keys($protocols)[$i % 3]];
        $right('getservbyname', getservbyname($service, 'tcp'), $services[$service]);
        $right('getservbyport', getservbyport($services[$service], 'tcp'), $service);
        $right('getprotobyname', getprotobyname($protocol), $protocols[$protocol]);
        $right('getprotobynumber', getprotobynumber($protocols[$protocol]), $protocol);
    }
    return $wrong;
};
$vm = FfiZts::boot(['threads' => 3]);
$futures = array_map(fn (int $first) => $vm->thread()->run($asks, [$first, 1500]), [1, 2, 3]);
echo 'here: ', json_encode($asks(0, 1500)), "\n";
foreach ($futures as $future) {
    echo 'there: ', json_encode($future->await()), "\n";
}
var_dump($vm->run('getservbyname', ['no such service', 'tcp'])->await(), $vm->run('getprotobynumber', [9999])->await());

// Every locale that there is, as the host says it; the host's own stays what it was.
$conventions = static function (string $locale): array {
    setlocale(LC_ALL, $locale);
    $said = [localeconv(), sprintf('%.2f', 1234.5)];
    setlocale(LC_ALL, 'C');
    return $said;
};
exec('locale -a 2>/dev/null', $locales);
foreach ([...$locales, 'C'] as $locale) {
    if ($conventions($locale) !== $vm->run($conventions, [$locale])->await()) {
        echo "$locale differs\n";
    }
}
$other = array_values(array_filter($locales, fn ($locale) => $conventions($locale)[0]['decimal_point'] === ','))[0] ?? 'C';
$there = $vm->run(static function (string $locale): int {
    setlocale(LC_ALL, $locale);
    for ($i = $wrong = 0; $i < 100_000; $i++) {
        $wrong += localeconv()['decimal_point'] !== ($locale === 'C' ? '.' : ',');
    }
    return $wrong;
}, [$other]);
for ($i = $wrong = 0; $i < 100_000; $i++) {
    $wrong += localeconv()['decimal_point'] !== '.';
}
var_dump($wrong, $there->await());
?>
--EXPECT--
here: []
there: []
there: []
there: []
bool(false)
bool(false)
int(0)
int(0)
