<?php

declare(strict_types=1);

/** What the server answers that vectors ask: the mark, a cookie, or all that it was sent. */

switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/mark':
        echo 'S3CRET';
        break;
    case '/mark.xml':
        header('Content-Type: text/xml');
        echo '<x>S3CRET</x>';
        break;
    case '/cookie':
        setcookie('text', 'S3CRET');
        break;
    default:
        echo implode(' ', $_COOKIE), file_get_contents('php://input'), isset($_FILES['file']) ? file_get_contents($_FILES['file']['tmp_name']) : '';
}
