<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';
require __DIR__ . '/../mmdb.inc';

/** maxminddb: each worker maps and reads one database. */
use MaxMind\Db\Reader;

return part(
    prepare: fn (int $count, string $directory) => file_put_contents("$directory/test.mmdb", mmdb(array_map(
        fn (int $octet) => ['octet' => $octet, 'name' => "network $octet.0.0.0", 'ok' => $octet % 2 === 0],
        array_combine(range(1, 200), range(1, 200)),
    ))),
    work: function (int $number, int $count, string $directory): void {
        $reader = new Reader("$directory/test.mmdb");
        same('FfiZts-Test', $reader->metadata()->databaseType, 'type');
        for ($i = 0; $i < 3000; $i++) {
            $octet = 1 + ($i + $number) % 250;
            $wanted = $octet <= 200 ? ['octet' => $octet, 'name' => "network $octet.0.0.0", 'ok' => $octet % 2 === 0] : null;
            same($wanted, $reader->get("$octet." . $i % 256 . '.3.4'), "network $octet");
        }
        same([['octet' => 7, 'name' => 'network 7.0.0.0', 'ok' => false], 8], $reader->getWithPrefixLen('7.1.2.3'), 'prefix');
        throws(InvalidArgumentException::class, fn () => $reader->get('no address'), 'what is no address');
        throws(InvalidArgumentException::class, fn () => new Reader("$directory/missing.mmdb"), 'a missing file');
        throws(Reader\InvalidDatabaseException::class, fn () => new Reader(__FILE__), 'what is no database');
        $reader->close();
        throws(BadMethodCallException::class, fn () => $reader->get('1.1.1.1'), 'a closed database');
    },
);
