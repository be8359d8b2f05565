<?php

/**
 * The parts of packing that read and write JSON, for scripts/package.sh and scripts/release.sh.
 *
 *   package.php source ROOT                                     the hash of the files that standard input names, each ended by a NUL
 *   package.php extensions RUNTIME                              which files of ext/ a bundle has; refuses a runtime that is not as it was built
 *   package.php runtime RUNTIME STAGE                           writes STAGE/runtime.json for the stripped files in STAGE
 *   package.php materials ROOT RUNTIME STAGE ID VERSION TIME    writes STAGE/LICENSES and STAGE/sbom.cdx.json
 *   package.php describe STAGE RUNTIME ID VERSION HOST SOURCE   writes STAGE/bundle.json; HOST is JSON
 *   package.php manifest FILE VERSION URLS ARCHIVE…             writes bundles.json; URLS are templates, one a line
 *   package.php verify MANIFEST DIRECTORY                       compares the archives in a directory with it
 */

declare(strict_types=1);

namespace FfiZts\Package;

spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
});

/**
 * One hash for names, contents and what may be executed. A file that is deleted and still listed is none.
 *
 * @param list<string> $names
 */
function sourceHash(string $root, array $names): string
{
    $hash = hash_init('sha256');
    foreach ($names as $name) {
        $path = "$root/$name";
        if (is_link($path)) {
            hash_update($hash, "link $name\0" . readlink($path) . "\0");
        } elseif (is_file($path)) {
            hash_update($hash, (is_executable($path) ? 'program' : 'file') . " $name\0" . Files::sha256($path) . "\0");
        }
    }
    return hash_final($hash);
}

/** @param list<string> $arguments */
function run(string $verb, array $arguments): void
{
    switch ($verb) {
        case 'source':
            echo sourceHash($arguments[0], explode("\0", rtrim((string) stream_get_contents(STDIN), "\0"))), "\n";
            break;
        case 'extensions':
            $runtime = new Runtime($arguments[0]);
            $runtime->checkLibrary();
            array_map(static fn (string $name) => print "$name\n", $runtime->extensions());
            break;
        case 'runtime':
            (new Runtime($arguments[0]))->ship($arguments[1]);
            break;
        case 'materials':
            [$root, $runtime, $stage, $id, $version, $time] = $arguments;
            Materials::write($root, new Runtime($runtime), $stage, $id, $version, (int) $time);
            break;
        case 'describe':
            [$stage, $runtime, $id, $version, $host, $source] = $arguments;
            $description = new Description($stage);
            Files::writeJson("$stage/bundle.json", $description->json($id, $version, Files::decode($host, 'HOST'), new Runtime($runtime), $source));
            break;
        case 'manifest':
            $urls = array_values(array_filter(explode("\n", $arguments[2]), static fn (string $url): bool => $url !== ''));
            Files::writeJson($arguments[0], Manifest::of($arguments[1], array_slice($arguments, 3), $urls));
            break;
        case 'verify':
            Manifest::verify($arguments[0], $arguments[1]);
            break;
        default:
            throw new Failure("package.php does not know '$verb'");
    }
}

try {
    run($argv[1] ?? '', array_slice($argv, 2));
} catch (Failure $failure) {
    fwrite(STDERR, "ffi_zts: error: {$failure->getMessage()}\n");
    exit(1);
}
