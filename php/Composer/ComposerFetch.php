<?php

declare(strict_types=1);

namespace FfiZts\Composer;

use Composer\Downloader\MaxFileSizeExceededException;
use Composer\Downloader\TransportException;
use Composer\Util\HttpDownloader;
use FfiZts\Bundle\Answer;
use FfiZts\Bundle\Fetch;
use FfiZts\Bundle\FetchError;
use FfiZts\Bundle\Sink;
use FfiZts\Bundle\Url;

/** Fetches by Composer's own downloader: with its proxies, its logins, its certificates. */
final class ComposerFetch implements Fetch
{
    public function __construct(private readonly HttpDownloader $downloader)
    {
    }

    public function range(string $url, int $from, int $to, int $limit, Sink $sink): void
    {
        $host = Url::host($url);
        try {
            $response = $this->downloader->get($url, [
                'http' => ['header' => ["Range: bytes=$from-$to", 'Accept-Encoding: identity']],
                // Composer refuses what has as many bytes as that.
                'max_file_size' => $limit + 1,
            ]);
        } catch (MaxFileSizeExceededException) {
            throw new FetchError("$host sends more than the $limit bytes that are wanted", bytes: true);
        } catch (TransportException $error) {
            $status = (int) $error->getStatusCode();
            if ($status >= 300) {
                throw Answer::refusal($url, $status);
            }
            throw new FetchError("$host: {$error->getMessage()}", again: true);
        }
        $body = (string) $response->getBody();
        if ($response->getStatusCode() >= 300) {
            // Without ext-curl Composer follows a redirect, and then tells of the head of the redirect alone: the length says
            // what has come. What it is, is told by its hash in any case.
            $sink->begin(strlen($body) !== $limit || $to - $from + 1 === $limit, null);
            $sink->write($body);
            return;
        }
        $lines = ["HTTP/1.1 {$response->getStatusCode()} "];
        foreach (['Content-Range', 'Content-Type', 'Content-Length'] as $name) {
            $value = $response->getHeader($name);
            if ($value !== null) {
                $lines[] = "$name: $value";
            }
        }
        Answer::fromLines($url, $lines)->begin($from, $to, $sink);
        $sink->write($body);
    }
}
