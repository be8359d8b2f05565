--TEST--
Values: random ones of every kind are the same there, and when they come back; as from unserialize(serialize())
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/classes.inc';
require __DIR__ . '/random.inc';

file_put_contents(tmp('boot.php'), '<?php foreach (["classes", "random"] as $f) require ' . var_export(__DIR__, true) . ' . "/$f.inc";');
$vm = FfiZts::boot(['bootstrap' => tmp('boot.php')]);
$dump = function (mixed $value): string {
    ob_start();
    var_dump($value);
    return preg_replace('/#\d+ /', '', ob_get_clean());
};
$failed = 0;
for ($from = 1; $from <= 2000; $from += 100) {
    $values = [];
    for ($seed = $from; $seed < $from + 100; $seed++) {
        $values[] = Random::value($seed);
    }
    $made = $vm->run(function (int $from): array {
        for ($seed = $from; $seed < $from + 100; $seed++) {
            $values[] = Random::value($seed);
        }
        return $values;
    }, [$from])->await();
    $sent = $vm->run(fn (array $values): array => $values, [$values])->await();
    foreach ($values as $index => $value) {
        $expected = $dump($value);
        // Without references, which do not cross, PHP's own copy has to be the same.
        $copy = $dump(unserialize(serialize($value)));
        if ($copy !== $expected || $expected !== $dump($made[$index]) || $expected !== $dump($sent[$index])) {
            echo 'seed ', $from + $index, ":\n$expected\nmade there:\n", $dump($made[$index]), "sent there and back:\n", $dump($sent[$index]);
            $failed++ < 1 || exit;
        }
    }
}
echo "done\n";
?>
--EXPECT--
done
