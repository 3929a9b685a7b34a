#include "remote/login.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/hosts.h"

enum { SECRET = 1024, HOW = 300, ARENA = 64 * 1024, ARENA_CEILING = 4 * 1024 * 1024 };

static const char algorithms_remedy[] =
    "it needs an ed25519 or ECDSA host key, aes256-ctr or the like, hmac-sha2-256 or -512, "
    "and curve25519 or ECDH";

static const char ciphers[] = "aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc";

/* --- the wire */

static bool reach(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    int error, one = 1;

    (void)snprintf(port, sizeof(port), "%u", (unsigned)mailbox->port);
    error = getaddrinfo(mailbox->host, port, &wanted, &found);
    if (error != 0) {
        channel_fail(message, CHANNEL_UNREACHABLE, "%s: %s", mailbox->host, gai_strerror(error));
        return false;
    }
    error = 0;
    for (const struct addrinfo *at = found; at != NULL && login->socket < 0; at = at->ai_next) {
        int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);

        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0) {
            login->socket = fd;
            break;
        }
        error = errno;
        if (fd >= 0)
            close(fd);
    }
    freeaddrinfo(found);
    if (login->socket >= 0)
        (void)setsockopt(login->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    else
        channel_fail(message, CHANNEL_UNREACHABLE, "%s port %s: %s", mailbox->host, port, file_error(error));
    return login->socket >= 0;
}

const char *login_why(const struct login *login)
{
    char *text = NULL;

    (void)libssh2_session_last_error(login->session, &text, NULL, 0);
    return text != NULL && text[0] != '\0' ? text : "no reason given";
}

/* Up to the keys.  `types`: host key types, in order. */
static bool shake_hands(struct login *login, const struct mailbox *mailbox, const char *types,
                        struct channel_message *message)
{
    int error;

    login->session = libssh2_session_init();
    if (login->session == NULL) {
        channel_fail(message, CHANNEL_UNREACHABLE, "out of memory");
        return false;
    }
    libssh2_session_set_timeout(login->session, (long)mailbox->timeout * 1000);
    if (types[0] != '\0')
        (void)libssh2_session_method_pref(login->session, LIBSSH2_METHOD_HOSTKEY, types);
    /* As OpenSSH prefers them: the library would begin with the slowest. */
    (void)libssh2_session_method_pref(login->session, LIBSSH2_METHOD_CRYPT_CS, ciphers);
    (void)libssh2_session_method_pref(login->session, LIBSSH2_METHOD_CRYPT_SC, ciphers);
    error = libssh2_session_handshake(login->session, login->socket);
    if (error == 0)
        return true;
    if (error == LIBSSH2_ERROR_KEX_FAILURE || error == LIBSSH2_ERROR_METHOD_NONE)
        channel_fail(message, CHANNEL_ALGORITHMS, "%s; host key types asked for: %s; %s", login_why(login),
                     types[0] != '\0' ? types : "any", algorithms_remedy);
    else
        channel_fail(message, CHANNEL_UNREACHABLE, "no SSH handshake: %s", login_why(login));
    return false;
}

/* --- is it the right one? */

/* "SHA256:..." as ssh-keygen -l prints it. */
static void fingerprint_of(LIBSSH2_SESSION *session, char into[56])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *hash = (const unsigned char *)libssh2_hostkey_hash(session,
                                                                            LIBSSH2_HOSTKEY_HASH_SHA256);
    size_t len = 7;

    (void)snprintf(into, 56, "SHA256:");
    for (unsigned i = 0; hash != NULL && i < 256; i += 6) {
        unsigned pair = (unsigned)hash[i / 8] << 8 | (i / 8 + 1 < 32 ? hash[i / 8 + 1] : 0U);

        into[len++] = digits[pair >> (10 - i % 8) & 63];
    }
    into[len] = '\0';
}

static bool is_pinned(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    char fingerprint[56];

    fingerprint_of(login->session, fingerprint);
    for (uint32_t i = 0; i < mailbox->fingerprints.n; i++)
        if (bytes_are(mailbox->fingerprints.at[i], fingerprint))
            return true;
    channel_fail(message, CHANNEL_KEY, "it shows %s, which fingerprint does not name", fingerprint);
    return false;
}

static bool is_known(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    static const int bits[] = {[LIBSSH2_HOSTKEY_TYPE_RSA] = LIBSSH2_KNOWNHOST_KEY_SSHRSA,
                               [LIBSSH2_HOSTKEY_TYPE_DSS] = LIBSSH2_KNOWNHOST_KEY_SSHDSS,
                               [LIBSSH2_HOSTKEY_TYPE_ECDSA_256] = LIBSSH2_KNOWNHOST_KEY_ECDSA_256,
                               [LIBSSH2_HOSTKEY_TYPE_ECDSA_384] = LIBSSH2_KNOWNHOST_KEY_ECDSA_384,
                               [LIBSSH2_HOSTKEY_TYPE_ECDSA_521] = LIBSSH2_KNOWNHOST_KEY_ECDSA_521,
                               [LIBSSH2_HOSTKEY_TYPE_ED25519] = LIBSSH2_KNOWNHOST_KEY_ED25519};
    LIBSSH2_KNOWNHOSTS *hosts = libssh2_knownhost_init(login->session);
    int type = 0, found = LIBSSH2_KNOWNHOST_CHECK_FAILURE;
    size_t len = 0;
    const char *key = libssh2_session_hostkey(login->session, &len, &type);
    char fingerprint[56];

    if (hosts == NULL ||
        libssh2_knownhost_readfile(hosts, mailbox->known_hosts, LIBSSH2_KNOWNHOST_FILE_OPENSSH) < 0) {
        channel_fail(message, CHANNEL_SETTINGS, "%s: %s", mailbox->known_hosts, login_why(login));
    } else {
        if (key != NULL && type > 0 && (size_t)type < sizeof(bits) / sizeof(bits[0]))
            found = libssh2_knownhost_checkp(
                hosts, mailbox->host, (int)mailbox->port, key, len,
                LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW | bits[type], NULL);
        fingerprint_of(login->session, fingerprint);
        if (found == LIBSSH2_KNOWNHOST_CHECK_MISMATCH)
            channel_fail(message, CHANNEL_KEY, "it shows %s, and %s has another key of it", fingerprint,
                         mailbox->known_hosts);
        else if (found != LIBSSH2_KNOWNHOST_CHECK_MATCH)
            channel_fail(message, CHANNEL_KEY, "it shows %s, and %s has no key of it", fingerprint,
                         mailbox->known_hosts);
    }
    if (hosts != NULL)
        libssh2_knownhost_free(hosts);
    return message->error == CHANNEL_OK;
}

/* With a fingerprint alone nobody knows of which type its key is: each is asked for, on a connection of its
 * own. */
static bool meet_by_fingerprint(struct login *login, const struct mailbox *mailbox,
                                struct channel_message *message)
{
    static const char *const types[] = {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                        "ecdsa-sha2-nistp521"};
    struct channel_message shown = {.error = CHANNEL_OK};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        message->error = CHANNEL_OK;
        if (!reach(login, mailbox, message))
            return false;
        if (shake_hands(login, mailbox, types[i], message) && is_pinned(login, mailbox, message))
            return true;
        if (message->error == CHANNEL_UNREACHABLE)
            return false;
        if (message->error == CHANNEL_KEY)
            shown = *message;
        login_close(login);
    }
    if (shown.error != CHANNEL_OK)
        *message = shown;
    return false;
}

static bool meet_by_known_hosts(struct login *login, const struct mailbox *mailbox,
                                struct channel_message *message)
{
    struct arena arena;
    char types[256];
    const char *why;

    arena_init(&arena, ARENA, ARENA_CEILING);
    why = hosts_look(mailbox->known_hosts, mailbox->host, mailbox->port, &arena, types);
    if (why != NULL)
        channel_fail(message, CHANNEL_SETTINGS, "%s: %s", mailbox->known_hosts, why);
    arena_release(&arena);
    return message->error == CHANNEL_OK && reach(login, mailbox, message) &&
           shake_hands(login, mailbox, types, message) && is_known(login, mailbox, message);
}

/* --- are we let in? */

/* Not let in, `how` we asked; or the connection was lost meanwhile. */
static void refuse(const struct login *login, struct channel_message *message, const char *how)
{
    switch (libssh2_session_last_errno(login->session)) {
    case LIBSSH2_ERROR_TIMEOUT:
    case LIBSSH2_ERROR_SOCKET_TIMEOUT:
    case LIBSSH2_ERROR_SOCKET_SEND:
    case LIBSSH2_ERROR_SOCKET_RECV:
    case LIBSSH2_ERROR_SOCKET_DISCONNECT:
        channel_fail(message, CHANNEL_UNREACHABLE, "while logging in: %s", login_why(login));
        break;
    default: channel_fail(message, CHANNEL_LOGIN, "%s: %s", how, login_why(login)); break;
    }
}

/* The first line that the command prints.  0 or the error. */
static int run_command(const char *command, char secret[SECRET])
{
    char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, strdup(command), NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], error, status = 0;
    size_t len = 0;
    pid_t child;

    if (arguments[2] == NULL || pipe(ends) != 0) {
        free(arguments[2]);
        return errno;
    }
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_addclose(&actions, ends[0]);
    error = posix_spawn(&child, "/bin/sh", &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0)
        error = file_read(ends[0], secret, SECRET - 1, &len);
    close(ends[0]);
    free(arguments[2]);
    secret[len] = '\0';
    secret[strcspn(secret, "\r\n")] = '\0';
    if (error == 0 && (waitpid(child, &status, 0) < 0 || status != 0))
        error = ECANCELED;
    return error;
}

/* A password, or a passphrase.  False: *message says why there is none. */
static bool ask_command(const struct mailbox *mailbox, char secret[SECRET], struct channel_message *message)
{
    int error = run_command(mailbox->password_command, secret);

    if (error != 0 || secret[0] == '\0')
        channel_fail(message, CHANNEL_SETTINGS, "password_command: %s",
                     error == ECANCELED ? "it failed"
                     : error != 0       ? file_error(error)
                                        : "it prints nothing");
    return message->error == CHANNEL_OK;
}

/* A key with a passphrase gets it from the password command. */
static bool by_key(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    char secret[SECRET] = "", how[HOW];
    struct stat about;
    int error;

    if (stat(mailbox->key, &about) != 0)
        channel_fail(message, CHANNEL_SETTINGS, "%s: %s", mailbox->key, file_error(errno));
    else if (!S_ISREG(about.st_mode) || (about.st_mode & 077) != 0)
        channel_fail(message, CHANNEL_SETTINGS, "%s: a key is a file for its owner alone (chmod 600)",
                     mailbox->key);
    else if (mailbox->password_command != NULL)
        (void)ask_command(mailbox, secret, message);
    if (message->error != CHANNEL_OK)
        return false;
    error = libssh2_userauth_publickey_fromfile_ex(login->session, mailbox->user,
                                                   (unsigned)strlen(mailbox->user), NULL, mailbox->key,
                                                   secret[0] != '\0' ? secret : NULL);
    explicit_bzero(secret, sizeof(secret));
    if (error == 0)
        return true;
    (void)snprintf(how, sizeof(how), "%s, key %s (RSA is refused by servers of today: use ed25519 or ECDSA)",
                   mailbox->user, mailbox->key);
    if (error == LIBSSH2_ERROR_FILE || error == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED)
        channel_fail(message, CHANNEL_SETTINGS,
                     "%s: %s; its passphrase, if it has one, comes from password_command, or from the agent",
                     mailbox->key, login_why(login));
    else
        refuse(login, message, how);
    return false;
}

static bool by_agent(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    LIBSSH2_AGENT *agent = libssh2_agent_init(login->session);
    struct libssh2_agent_publickey *key = NULL;
    char how[HOW];
    unsigned tried = 0;
    bool in = false;

    if (agent == NULL || libssh2_agent_connect(agent) != 0 || libssh2_agent_list_identities(agent) != 0) {
        channel_fail(message, CHANNEL_SETTINGS, "no agent answers (SSH_AUTH_SOCK)");
    } else {
        while (!in && libssh2_agent_get_identity(agent, &key, key) == 0) {
            tried++;
            in = libssh2_agent_userauth(agent, mailbox->user, key) == 0;
        }
        (void)snprintf(how, sizeof(how), "%s, with %u keys of the agent", mailbox->user, tried);
        if (!in)
            refuse(login, message, how);
        (void)libssh2_agent_disconnect(agent);
    }
    if (agent != NULL)
        libssh2_agent_free(agent);
    return in;
}

static bool by_password(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    char secret[SECRET], how[HOW];

    (void)snprintf(how, sizeof(how), "%s, with a password", mailbox->user);
    if (ask_command(mailbox, secret, message) &&
        libssh2_userauth_password(login->session, mailbox->user, secret) != 0)
        refuse(login, message, how);
    explicit_bzero(secret, sizeof(secret));
    return message->error == CHANNEL_OK;
}

bool login_open(struct login *login, const struct mailbox *mailbox, struct channel_message *message)
{
    bool met;

    *login = (struct login){.socket = -1};
    if (libssh2_init(0) != 0) {
        channel_fail(message, CHANNEL_UNREACHABLE, "the SSH library does not start");
        return false;
    }
    met = mailbox->fingerprints.n > 0 ? meet_by_fingerprint(login, mailbox, message)
                                      : meet_by_known_hosts(login, mailbox, message);
    if (met && (mailbox->key != NULL ? by_key(login, mailbox, message)
                : mailbox->agent     ? by_agent(login, mailbox, message)
                                     : by_password(login, mailbox, message)))
        return true;
    login_close(login);
    return false;
}

void login_close(struct login *login)
{
    if (login->session != NULL) {
        (void)libssh2_session_free(login->session);
        login->session = NULL;
    }
    if (login->socket >= 0)
        close(login->socket);
    login->socket = -1;
}
