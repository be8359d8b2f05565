<?php

declare(strict_types=1);

/*
 * Makes a package symfony/console of what Debian's packages have, for projects that reach no registry:
 *
 *   php console.php DIRECTORY      ends with status 3 where there is no symfony/console here
 */

const PARTS = [
    'Symfony\\Component\\Console\\' => 'Symfony/Component/Console',
    'Symfony\\Component\\String\\' => 'Symfony/Component/String',
    'Symfony\\Contracts\\Service\\' => 'Symfony/Contracts/Service',
    'Psr\\Container\\' => 'Psr/Container',
];
const FILES = ['Symfony/Component/String/Resources/functions.php', 'Symfony/Contracts/Deprecation/function.php'];

[, $directory] = $argv;
$version = trim((string) shell_exec("dpkg-query -W -f '\${Version}' php-symfony-console 2>/dev/null"));
if (preg_match('/^\d+\.\d+\.\d+/', $version, $match) !== 1 || !is_file('/usr/share/php/Symfony/Component/Console/Application.php')) {
    exit(3);
}
foreach ([...PARTS, 'Symfony/Contracts/Deprecation'] as $part) {
    $source = "/usr/share/php/$part";
    is_dir(dirname("$directory/$part")) || mkdir(dirname("$directory/$part"), 0755, true);
    passthru('cp -RL ' . escapeshellarg($source) . ' ' . escapeshellarg("$directory/$part"), $status);
    $status === 0 || exit($status);
}
file_put_contents("$directory/composer.json", json_encode([
    'name' => 'symfony/console', 'version' => $match[0],
    'autoload' => ['psr-4' => array_map(static fn (string $part): string => "$part/", PARTS), 'files' => FILES],
], JSON_UNESCAPED_SLASHES));
