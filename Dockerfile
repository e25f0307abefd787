# Guacamole with this extension. How it is run: compose.yaml.

FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml guac-manifest.json ./
COPY META-INF META-INF
COPY src src
# Tests need guacd, QEMU and browsers; test/all has run them before this.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -q -B -ntp -Dmaven.test.skip=true package \
    && mv target/guacamole-auth-console-*.jar guacamole-auth-console.jar

FROM guacamole/guacamole:1.6.0 AS plain
# The image links what is here into a GUACAMOLE_HOME under /tmp, which is a new one at every start.
COPY --from=build /build/guacamole-auth-console.jar /etc/guacamole/extensions/
# The journal must outlive that. A new volume that is mounted here takes over the folder's owner.
USER root
RUN install -d -o guacamole -g guacamole -m 700 /var/lib/guacamole-console
USER guacamole
# A guacamole.properties in /etc/guacamole goes first.
ENV CONSOLE_JOURNAL=jdbc:h2:file:/var/lib/guacamole-console/journal

# The same with what consoles need that are a BMC's page: docker build --target kiosk . Chromium comes from Debian, since the
# image's own distribution has it as a snap only; Java, Tomcat and Guacamole are those of the image.
FROM debian:12-slim AS kiosk
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates chromium curl fonts-dejavu-core tigervnc-standalone-server util-linux xmlstarlet \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 1001 guacamole && useradd --system --create-home --shell /usr/sbin/nologin --uid 1001 --gid 1001 guacamole \
    && install -d -m 1777 /tmp/.X11-unix
COPY --from=plain /opt/java /opt/java
COPY --from=plain /usr/local/tomcat /usr/local/tomcat
COPY --from=plain --chown=guacamole:guacamole /opt/guacamole /opt/guacamole
COPY --from=plain --chown=guacamole:guacamole /etc/guacamole /etc/guacamole
# What images do not take from those that they copy: these are Guacamole's, Tomcat's and Java's own.
ENV GUACAMOLE_HOME=/etc/guacamole BAN_ENABLED=true ENABLE_FILE_ENVIRONMENT_PROPERTIES=true \
    JAVA_HOME=/opt/java/openjdk CATALINA_HOME=/usr/local/tomcat LANG=C.UTF-8 \
    PATH=/usr/local/tomcat/bin:/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    CONSOLE_JOURNAL=jdbc:h2:file:/var/lib/guacamole-console/journal
RUN install -d -o guacamole -g guacamole -m 700 /var/lib/guacamole-console
USER guacamole
WORKDIR /opt/guacamole
EXPOSE 8080
CMD ["/opt/guacamole/bin/entrypoint.sh"]

# What is built where no target is named.
FROM plain
