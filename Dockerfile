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

FROM guacamole/guacamole:1.6.0
# The image links what is here into a GUACAMOLE_HOME under /tmp, which is a new one at every start.
COPY --from=build /build/guacamole-auth-console.jar /etc/guacamole/extensions/
# The journal must outlive that. A new volume that is mounted here takes over the folder's owner.
USER root
RUN install -d -o guacamole -g guacamole -m 700 /var/lib/guacamole-console
USER guacamole
# A guacamole.properties in /etc/guacamole goes first.
ENV CONSOLE_JOURNAL=jdbc:h2:file:/var/lib/guacamole-console/journal
