<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** The crates that are linked into the halves, as cargo resolves them from Cargo.lock, and Rust's standard library. */
final class Crates
{
    private const TEXTS = '/^(?:licen[cs]e|copying|unlicense|copyright|notice)(?:[-_.].*)?$/i';

    /** @var array<string, Component> by reference */
    private array $components = [];

    /** @var list<string> what the project itself depends on */
    private array $direct = [];

    public function __construct(private readonly string $root)
    {
        foreach (['host', 'guest'] as $half) {
            $this->add($half);
        }
        $this->addStandardLibrary();
        ksort($this->components, SORT_STRING);
    }

    /** @return array<string, Component> */
    public function components(): array
    {
        return $this->components;
    }

    /** @return list<string> */
    public function direct(): array
    {
        return array_values(array_unique($this->direct));
    }

    /**
     * What a half links. `cargo tree` tells which crates: without what only the compiler runs, and with the features that are used, which
     * `cargo metadata` mixes with those of builds and tests. The latter tells what they are.
     */
    private function add(string $half): void
    {
        $common = ['--offline', '--locked', "--manifest-path=$this->root/Cargo.toml", '--no-default-features', "--features=$half"];
        $shape = ['--edges=normal,no-proc-macro', '--prefix=none', '--no-dedupe', '--format={p}'];
        $tree = ['cargo', 'tree', ...$common, '--target', self::target(), ...$shape];
        preg_match_all('/^(\S+) v(\S+)/m', Files::output($tree), $lines, PREG_SET_ORDER);
        $used = array_fill_keys(array_map(static fn (array $line): string => "crate:$line[1]@$line[2]", $lines), true);
        $metadata = Files::decode(
            Files::output(['cargo', 'metadata', '--format-version=1', ...$common, '--filter-platform', self::target()]),
            'what cargo metadata prints',
        );
        $packages = array_filter(
            array_column($metadata['packages'], null, 'id'),
            static fn (array $package): bool => isset($used[self::reference($package)]),
        );
        $nodes = array_column($metadata['resolve']['nodes'], null, 'id');
        $root = $metadata['resolve']['root'];
        $todo = self::linked($nodes[$root], $packages);
        foreach ($todo as $id) {
            $this->direct[] = self::reference($packages[$id]);
        }
        while (($id = array_pop($todo)) !== null) {
            $reference = self::reference($packages[$id]);
            $linked = self::linked($nodes[$id], $packages);
            $dependsOn = array_map(fn (string $other): string => self::reference($packages[$other]), $linked);
            // The other half may use other features.
            $known = $this->components[$reference]->dependsOn ?? [];
            if (isset($this->components[$reference]) && array_diff($dependsOn, $known) === []) {
                continue;
            }
            $this->components[$reference] = $this->component($packages[$id], array_values(array_unique([...$known, ...$dependsOn])), $packages);
            array_push($todo, ...$linked);
        }
    }

    /**
     * @param array<string, mixed>                $node
     * @param array<string, array<string, mixed>> $packages
     *
     * @return list<string> ids
     */
    private static function linked(array $node, array $packages): array
    {
        $ids = [];
        foreach ($node['deps'] as $dependency) {
            if (isset($packages[$dependency['pkg']]) && in_array(null, array_column($dependency['dep_kinds'], 'kind'), true)) {
                $ids[] = $dependency['pkg'];
            }
        }
        return $ids;
    }

    /**
     * @param array<string, mixed>                $package
     * @param list<string>                        $dependsOn
     * @param array<string, array<string, mixed>> $packages
     */
    private function component(array $package, array $dependsOn, array $packages): Component
    {
        $name = "{$package['name']}-{$package['version']}";
        $texts = [];
        foreach (self::texts($package, $packages) as $file) {
            $texts["crates/$name/" . basename($file)] = Files::read($file);
        }
        return new Component(
            self::reference($package),
            $package['name'],
            $package['version'],
            // Old crates separate what may be chosen by a slash.
            str_replace('/', ' OR ', $package['license'] ?? throw new Failure("the crate $name names no licence")),
            $texts,
            $dependsOn,
            "pkg:cargo/{$package['name']}@{$package['version']}",
            $this->checksum($package),
            $package['repository'],
        );
    }

    /**
     * The files of a crate's licences; those of another crate of the same repository where a crate was published without, and is known for it.
     *
     * @param array<string, mixed>                $package
     * @param array<string, array<string, mixed>> $packages
     *
     * @return non-empty-list<string>
     */
    private static function texts(array $package, array $packages): array
    {
        $directory = dirname($package['manifest_path']);
        $names = preg_grep(self::TEXTS, array_map(basename(...), glob("$directory/*") ?: [])) ?: [];
        if ($package['license_file'] !== null) {
            $names[] = $package['license_file'];
        }
        $files = array_filter(array_map(fn (string $name): string => "$directory/$name", $names), is_file(...));
        if ($files !== []) {
            return array_values(array_unique($files));
        }
        $name = $package['name'];
        $sibling = Files::readJson(__DIR__ . '/crates.json')[$name] ?? null;
        foreach ($packages as $other) {
            if ($other['name'] === $sibling && self::repository($other) === self::repository($package) && self::isSameChoice($other, $package)) {
                return self::texts($other, $packages);
            }
        }
        throw new Failure(
            "the crate $name {$package['version']} has no licence text in $directory;"
            . ' another crate of the same repository that has one can be named in scripts/package/crates.json'
        );
    }

    /** @param array<string, mixed> $package */
    private static function repository(array $package): string
    {
        return preg_replace('~(?:\.git)?/?(?:/tree/.*)?$~', '', strtolower($package['repository'] ?? "none of {$package['id']}"));
    }

    /**
     * Whether two crates are under the same licences.
     *
     * @param array<string, mixed> $one
     * @param array<string, mixed> $other
     */
    private static function isSameChoice(array $one, array $other): bool
    {
        $licenses = static function (array $package): array {
            $names = preg_split('~ OR |/~', $package['license']);
            sort($names);
            return $names;
        };
        return $licenses($one) === $licenses($other);
    }

    /** @param array<string, mixed> $package */
    private static function reference(array $package): string
    {
        return "crate:{$package['name']}@{$package['version']}";
    }

    /** @param array<string, mixed> $package */
    private function checksum(array $package): ?string
    {
        $head = preg_quote("name = \"{$package['name']}\"\nversion = \"{$package['version']}\"\n", '/');
        $lock = Files::read("$this->root/Cargo.lock");
        return preg_match("/^$head(?:.+\\n)*?checksum = \"([0-9a-f]{64})\"/m", $lock, $match) === 1 ? $match[1] : null;
    }

    private static function target(): string
    {
        $text = Files::output(['rustc', '-vV']);
        return preg_match('/^host: (.+)$/m', $text, $match) === 1 ? $match[1] : throw new Failure('rustc -vV names no host');
    }

    private function addStandardLibrary(): void
    {
        preg_match('/^release: (.+)$/m', Files::output(['rustc', '-vV']), $release);
        $documents = trim(Files::output(['rustc', '--print', 'sysroot'])) . '/share/doc';
        $texts = [];
        // What the library consists of and depends on, and the licences of Rust itself; as rustup and as Debian installs them.
        $names = ['COPYRIGHT-library.html', 'COPYRIGHT', 'LICENSE-MIT', 'LICENSE-APACHE', 'licenses/MIT.txt', 'licenses/Apache-2.0.txt'];
        foreach ([...array_map(static fn (string $name): string => "rust/$name", $names), 'libstd-rust-dev/copyright'] as $name) {
            if (is_file("$documents/$name")) {
                $texts['rust/' . basename($name)] = Files::read("$documents/$name");
            }
        }
        if ($texts === []) {
            throw new Failure("Rust's licence texts are not in $documents/rust: use a toolchain as rustup installs it");
        }
        $version = $release[1];
        $this->components['rust-std'] = new Component(
            'rust-std',
            'rust-standard-library',
            $version,
            'MIT OR Apache-2.0',
            $texts,
            purl: "pkg:generic/rust-std@$version",
            repository: 'https://github.com/rust-lang/rust',
        );
        $this->direct[] = 'rust-std';
    }
}
