<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Where the archive of a bundle comes from, and what vouches for it: the package's pins, a signature, or the user. */
final class Source
{
    private const BY_HAND = 'install --from FILE|DIR|URL takes one by name, and ffi-zts install --build builds it here';

    /** @param list<PublicKey> $keys */
    public function __construct(
        private readonly InstallRequest $request,
        private readonly ?Manifest $manifest,
        private readonly array $keys,
        private readonly Download $download,
        private readonly Reporter $reporter,
    ) {
    }

    /**
     * The start of the archive's hash, where it can be told without fetching anything.
     *
     * @throws InstallError where there is no bundle for the target
     */
    public function short(Target $target): ?string
    {
        if ($this->request->from === null) {
            return $this->pin($target)->short();
        }
        $file = $this->localFile($target);
        $hash = $file === null ? null : (string) hash_file('sha256', $file);
        $pin = $this->manifest?->pins[$target->id()] ?? null;
        // What the package does not take is refused, also where it is installed already.
        return $hash === null || ($pin !== null && $pin->sha256 !== $hash) ? null : substr($hash, 0, 12);
    }

    /**
     * Gets the archive, and verifies it.
     *
     * @param string       $temporary a directory that is removed afterwards
     * @param ?Description $installed the bundle in use
     *
     * @throws InstallError
     */
    public function archive(Target $target, string $temporary, ?Description $installed): Archive
    {
        $from = $this->request->from;
        if ($from === null) {
            $pin = $this->pin($target);
            return $this->pinned($this->manifest, $pin, $this->urls($pin), $temporary);
        }
        $file = $this->localFile($target);
        if ($file !== null) {
            return $this->local($file, $target);
        }
        return str_ends_with(Url::name($from), '.tar.gz')
            ? $this->remote($from, $target, $temporary, $installed)
            : $this->remoteManifest($from, $target, $temporary, $installed);
    }

    private function pin(Target $target): Pin
    {
        if ($this->manifest === null) {
            throw InstallError::unsupported(
                Reason::NoBundle,
                "this package ({$this->request->place->package}) comes from a branch: it has no resources/bundles.json, "
                    . 'which pins the bundles of a release',
                'ffi-zts ' . self::BY_HAND,
            );
        }
        return $this->manifest->pinFor($target);
    }

    /** @return list<string> the mirror's first */
    private function urls(Pin $pin): array
    {
        $mirror = $this->request->mirror();
        $urls = $this->manifest->urls($pin);
        return $mirror === null ? $urls : [Url::expand($mirror, $this->manifest->version, $pin->file), ...$urls];
    }

    /** @param list<string> $urls */
    private function pinned(Manifest $manifest, Pin $pin, array $urls, string $temporary): Archive
    {
        $archive = Archive::check($this->download->pinned($pin, $urls, $this->cache($temporary)));
        if ($archive->sha256 !== $pin->sha256) {
            throw InstallError::verification("{$archive->path} was changed while it was read");
        }
        if ($archive->description->id !== $pin->id || $archive->description->version !== $manifest->version) {
            throw InstallError::verification(
                "{$pin->file} holds {$archive->description->id} {$archive->description->version}, the manifest says {$pin->id} {$manifest->version}",
            );
        }
        return $archive;
    }

    /** A file that the user names, or which is in the directory that he names; null for a URL. */
    private function localFile(Target $target): ?string
    {
        $from = (string) $this->request->from;
        if (Url::isWeb($from)) {
            return null;
        }
        $path = Url::path($from);
        if (is_file($path)) {
            return $path;
        }
        if (!is_dir($path)) {
            throw new InstallError(Status::Unreachable, "there is no $path");
        }
        $name = $this->manifest?->pins[$target->id()]->file ?? null;
        if ($name !== null && is_file("$path/$name")) {
            return "$path/$name";
        }
        $found = glob(addcslashes($path, '\\*?[{') . "/ffi_zts-*-{$target->id()}.tar.gz") ?: [];
        return match (count($found)) {
            1 => $found[0],
            0 => throw new InstallError(Status::Unreachable, "there is no bundle ffi_zts-VERSION-{$target->id()}.tar.gz in $path"),
            default => throw new InstallError(
                Status::Usage,
                "$path has several bundles for this host: " . implode(', ', array_map(basename(...), $found)),
                'name one of these files',
            ),
        };
    }

    private function local(string $file, Target $target): Archive
    {
        $archive = $this->fits(Archive::check($file), $target);
        $pinned = $this->checkPin($archive);
        $vouched = $pinned ? ', as this package pins it' : ': this package does not pin it, it is taken at your word';
        $this->reporter->line(basename($file) . ", SHA-256 {$archive->sha256}$vouched");
        return $archive;
    }

    private function remote(string $url, Target $target, string $temporary, ?Description $installed): Archive
    {
        $name = Url::name($url);
        $pin = $this->manifest?->pins[$target->id()] ?? null;
        if ($pin !== null && $pin->file === $name) {
            return $this->pinned($this->manifest, $pin, [$url], $temporary);
        }
        if (preg_match('/^ffi_zts-(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)-(host.+)\.tar\.gz$/D', $name, $match) !== 1 || !Target::isId($match[2])) {
            throw InstallError::verification(
                "$name is no name of a bundle: its version cannot be told",
                'bundles are called ffi_zts-VERSION-host…-guest…-linux-ARCH-LIBC.tar.gz',
            );
        }
        $this->needKeys($url);
        $signature = Signature::parse($this->download->small(Url::beside($url, '.minisig'), Signature::MAX_SIZE), "$name.minisig");
        $path = "$temporary/$name";
        $this->reporter->downloading($name, 0, 0, Url::plain($url));
        $this->download->whole($url, $path);
        $signature->verify($path, $name, $match[1], $this->keys);
        $archive = $this->fits(Archive::check($path), $target);
        if ($archive->description->id !== $match[2] || $archive->description->version !== $match[1]) {
            throw InstallError::verification("$name holds {$archive->description->id} {$archive->description->version}");
        }
        $this->checkPin($archive);
        $this->checkAge($match[1], $installed, $url);
        return $archive;
    }

    /** A place that has a manifest of its own, signed. */
    private function remoteManifest(string $url, Target $target, string $temporary, ?Description $installed): Archive
    {
        $this->needKeys($url);
        $url = str_ends_with($url, '/' . Manifest::FILE) ? $url : rtrim($url, '/') . '/' . Manifest::FILE;
        $signature = Signature::parse($this->download->small("$url.minisig", Signature::MAX_SIZE), Manifest::FILE . '.minisig');
        $json = $this->download->small($url, 4 << 20);
        $path = "$temporary/" . Manifest::FILE;
        file_put_contents($path, $json) === strlen($json) || throw InstallError::cannotWrite("cannot write $path: " . Disk::lastError());
        $manifest = Manifest::parse($json, Url::plain($url));
        $signature->verify($path, Manifest::FILE, $manifest->version, $this->keys);
        $this->checkAge($manifest->version, $installed, $url);
        $pin = $manifest->pinFor($target);
        $archive = $this->pinned($manifest, $pin, [dirname($url) . "/$pin->file", ...$manifest->urls($pin)], $temporary);
        $this->checkPin($archive);
        return $archive;
    }

    /** Says so before anything is fetched. */
    private function needKeys(string $url): void
    {
        if (!Signature::verifiable()) {
            throw InstallError::verification(
                Url::plain($url) . ' is not pinned by this package, and this PHP has no ext-sodium to verify its signature',
                'install ext-sodium, or download the bundle yourself and give it to ffi-zts install --from FILE',
            );
        }
        if ($this->keys === []) {
            throw InstallError::verification(
                Url::plain($url) . ' is not pinned by this package, which has no public key to verify its signature either',
                'use a release of ffi-zts/ffi-zts, or download the bundle yourself and give it to ffi-zts install --from FILE',
            );
        }
    }

    private function fits(Archive $archive, Target $target): Archive
    {
        $is = $archive->description->target;
        if ($is->id() === $target->id()) {
            return $archive;
        }
        // Another guest than the host's minor may be meant, where nothing else was named.
        $named = $this->request->targets !== [];
        if (!$named && [$is->hostMinor, $is->arch, $is->libc] === [$target->hostMinor, $target->arch, $target->libc]) {
            return $archive;
        }
        throw InstallError::unsupported(
            Reason::NoBundle,
            basename($archive->path) . " is for {$is->id()}, " . ($named ? 'wanted is ' : 'this host is ') . $target->id(),
            "for another host: ffi-zts install --from … --target={$is->id()}",
        );
    }

    /** @return bool whether the package pins it */
    private function checkPin(Archive $archive): bool
    {
        $pin = $this->manifest?->pins[$archive->description->id] ?? null;
        if ($pin !== null && $pin->sha256 !== $archive->sha256) {
            throw InstallError::verification(
                basename($archive->path) . " has the SHA-256 {$archive->sha256}, this package pins {$pin->sha256} for {$pin->id}",
                "use the bundle of version {$this->manifest->version}, or another version of the package ffi-zts/ffi-zts",
            );
        }
        return $pin !== null;
    }

    /** What is signed may be old. */
    private function checkAge(string $version, ?Description $installed, string $url): void
    {
        foreach (['this package is' => $this->manifest?->version, 'installed is' => $installed?->version] as $what => $other) {
            if ($other !== null && version_compare($version, $other, '<')) {
                throw InstallError::verification(
                    Url::plain($url) . " has version $version, $what $other: an older one is not taken from a URL",
                    'download the bundle yourself, and give it to ffi-zts install --from FILE',
                );
            }
        }
    }

    /** The cache of Composer, where it can be written to. */
    private function cache(string $temporary): string
    {
        $cache = $this->request->cache;
        if ($cache !== null) {
            $cache .= '/ffi-zts';
            if ((is_dir($cache) || @mkdir($cache, 0755, true) || is_dir($cache)) && is_writable($cache)) {
                return $cache;
            }
            $this->reporter->detail("the cache $cache cannot be written to");
        }
        return $temporary;
    }
}
