<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** bundle.json: what a bundle is, what it needs, and each of its files. */
final class Description
{
    /** Parts of glibc itself: its release is the floor. */
    private const GLIBC = '/^(?:lib(?:c|m|dl|rt|util|pthread|resolv|anl)\.so\.\d|ld-linux.*\.so\.\d+|ld64\.so\.\d)$/';

    /** What installers take (FfiZts\Bundle\Description). */
    private const PATH = '~^(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._+@-]+(?:/[A-Za-z0-9._+@-]+)*$~D';

    private string $glibc = '';

    /** @var array<string, list<string>> by soname, who needs it */
    private array $needed = [];

    /** @var array<string, string> */
    private array $buildIds = [];

    /** @var array<string, array{sha256: string, size: int, mode: string}> */
    private array $files = [];

    /** Looks at each file of a staged bundle. */
    public function __construct(string $stage)
    {
        $own = [];
        foreach (Files::below($stage) as $path) {
            if (strlen($path) > 200 || preg_match(self::PATH, $path) !== 1) {
                throw new Failure("no installer takes a file of the name '$path'");
            }
            $file = "$stage/$path";
            $mode = sprintf('%04o', fileperms($file) & 0o777);
            $this->files[$path] = ['sha256' => Files::sha256($file), 'size' => (int) filesize($file), 'mode' => $mode];
            if (!Elf::isOne($file)) {
                continue;
            }
            $elf = Elf::read($file);
            $own[] = $elf->soname;
            $this->buildIds[$path] = $elf->buildId;
            if ($this->glibc === '' || version_compare($elf->glibc, $this->glibc, '>')) {
                $this->glibc = $elf->glibc;
            }
            foreach ($elf->needed as $soname) {
                $this->needed[$soname][] = $path;
            }
        }
        $this->needed = array_diff_key($this->needed, array_flip($own));
    }

    /** @return array<string, string> of each shared object */
    public function buildIds(): array
    {
        return $this->buildIds;
    }

    /** @return array<string, array{packages: list<string>, needed_by: list<string>}> */
    public function sonames(): array
    {
        $packages = Files::readJson(__DIR__ . '/sonames.json');
        $sonames = [];
        foreach ($this->needed as $soname => $neededBy) {
            if (preg_match(self::GLIBC, $soname) === 1) {
                continue;
            }
            $sonames[$soname] = [
                'packages' => $packages[$soname] ?? throw new Failure(
                    "$neededBy[0] needs $soname: enter the Debian and Ubuntu packages that have it into scripts/package/sonames.json"
                ),
                'needed_by' => $neededBy,
            ];
        }
        ksort($sonames, SORT_STRING);
        return $sonames;
    }

    /**
     * The text of bundle.json.
     *
     * @param array{minor: string, zend_module_api: int, zts: bool, debug: bool} $host
     *
     * @return array<string, mixed>
     */
    public function json(string $id, string $version, array $host, Runtime $runtime, string $source): array
    {
        $guest = $runtime->json;
        return [
            'format' => 1,
            'id' => $id,
            'version' => $version,
            'host' => $host,
            'guest' => ['minor' => $guest['minor'], 'version' => $guest['php_version'], 'zend_module_api' => $guest['zend_module_api']],
            'arch' => $guest['arch'],
            'libc' => 'glibc',
            'floors' => ['glibc' => $this->glibc],
            'sonames' => (object) $this->sonames(),
            'files' => $this->files,
            'source' => $source,
        ];
    }
}
